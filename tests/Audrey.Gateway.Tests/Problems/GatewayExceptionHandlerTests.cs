using System.Globalization;
using System.Net;
using Audrey.Abstractions.Instances;
using Audrey.Gateway.Tests.Support;
using Audrey.Protocol.Authentication;
using Audrey.Testing;
using Orleans;
using Orleans.Runtime;

namespace Audrey.Gateway.Tests.Problems;

public sealed class GatewayExceptionHandlerTests
{
    private const string Secret = "the secret of the guest";

    [Fact]
    public async Task If_the_storage_is_busy_the_answer_is_an_immediate_503_with_Retry_After()
    {
        var (answer, _) = await Ask(new InsufficientMemoryException("queue of /var/lib/audrey/audrey.db"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.InRange(int.Parse(answer.Headers.RetryAfter!.ToString(), CultureInfo.InvariantCulture), 2, 4);
        Assert.DoesNotContain("audrey.db", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task If_the_cluster_is_unavailable_the_answer_is_503_with_Retry_After()
    {
        var (answer, _) = await Ask(new SiloUnavailableException(), ("Audrey:Gateway:CallDeadline", "00:00:00.1"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task After_an_unexpected_failure_neither_the_500_answer_nor_the_log_contains_a_stack_trace_or_a_value()
    {
        var (answer, log) = await Ask(
            new InvalidOperationException("value 'hunter2' of the guest", new FormatException("'hunter2' is wrong")));
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        var body = await answer.Content.ReadAsStringAsync();
        foreach (var text in new[] { body, log })
        {
            Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        }

        Assert.Contains("GET /configs failed: InvalidOperationException < FormatException", log, StringComparison.Ordinal);
    }

    private static async Task<(HttpResponseMessage Answer, string Log)> Ask(Exception failure,
        params (string Option, string Value)[] settings)
    {
        var credential = new InstanceCredential(1, Secret);
        var grain = GrainDouble.Create<IInstanceDouble>((method, _) =>
        {
            if (method == "Find") return new ValueTask<InstanceCredential?>(credential);
            return new ValueTask<GuestResult<GuestAnswer>>(Task.FromException<GuestResult<GuestAnswer>>(failure));
        });
        await using var gateway = await RunningGateway.Start(GrainDouble.Create<IGrainFactory>((_, _) => grain), settings);
        var target = new OAuthTarget("http", gateway.Http.BaseAddress!.Authority, "/configs/1/some-uuid");
        var answer = await gateway.Http.GetAsync(
            new Uri(new OAuthSigner("some-uuid", Secret, TimeProvider.System).SignQuery("GET", target), UriKind.Relative));
        return (answer, gateway.Log.Text);
    }
}
