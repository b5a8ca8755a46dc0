using System.Net;
using System.Text;
using Audrey.Abstractions.Instances;
using Audrey.Gateway.Tests.Support;
using Audrey.Protocol.Authentication;
using Audrey.Testing;
using Orleans;

namespace Audrey.Gateway.Tests.Authentication;

public sealed class OAuthGuestAuthenticatorTests
{
    private const string Uuid = "some-uuid";

    private readonly List<string> _calls = [];
    private InstanceCredential? _credential = new(1, "the first secret");

    [Fact]
    public async Task The_credential_is_read_once_and_then_kept_in_memory()
    {
        await using var gateway = await RunningGateway.Start(GrainDouble.Create<IGrainFactory>((_, _) => Instance()));
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, await Get(gateway, "the first secret"));
        Assert.Equal(["Find", "GetConfiguration", "GetConfiguration", "GetConfiguration"], _calls);
    }

    [Fact]
    public async Task A_signature_that_does_not_match_is_verified_again_with_a_fresh_credential()
    {
        await using var gateway = await RunningGateway.Start(GrainDouble.Create<IGrainFactory>((_, _) => Instance()));
        await Get(gateway, "the first secret");
        _credential = new InstanceCredential(2, "the second secret");
        _calls.Clear();
        Assert.Equal(HttpStatusCode.OK, await Get(gateway, "the second secret"));
        Assert.Equal(["Find", "GetConfiguration"], _calls);

        _calls.Clear();
        Assert.Equal(HttpStatusCode.NotFound, await Get(gateway, "no secret of anyone"));
        Assert.Equal(["Find"], _calls);
    }

    [Fact]
    public async Task A_wrong_signature_costs_one_call_and_gets_the_same_answer_whether_or_not_the_instance_is_registered()
    {
        await using var gateway = await RunningGateway.Start(GrainDouble.Create<IGrainFactory>((_, _) => Instance()));
        foreach (var credential in new[] { _credential, null })
        {
            (_credential, var before) = (credential, _calls.Count);
            Assert.Equal(HttpStatusCode.NotFound, await Get(gateway, "no secret of anyone"));
            Assert.Equal(["Find"], _calls[before..]);
        }
    }

    [Fact]
    public async Task A_PUT_with_a_wrong_signature_costs_one_call_whether_or_not_the_instance_is_registered()
    {
        await using var gateway = await RunningGateway.Start(GrainDouble.Create<IGrainFactory>((_, _) => Instance()));
        var signer = new OAuthSigner(Uuid, "no secret of anyone", TimeProvider.System);
        foreach (var credential in new[] { null, _credential })
        {
            (_credential, var before) = (credential, _calls.Count);
            var target = new OAuthTarget("http", gateway.Http.BaseAddress!.Authority, $"/params/2/{Uuid}");
            var form = new ByteArrayContent(signer.SignForm("PUT", target, "audrey_data=%7C"u8.ToArray()));
            form.Headers.ContentType = new("application/x-www-form-urlencoded");
            using var answer = await gateway.Http.PutAsync(new Uri(target.Path, UriKind.Relative), form);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Equal(["Find"], _calls[before..]);
        }
    }

    [Fact]
    public async Task A_request_with_the_key_of_another_caller_costs_no_call()
    {
        await using var gateway = await RunningGateway.Start(GrainDouble.Create<IGrainFactory>((_, _) => Instance()));
        foreach (var credential in new[] { _credential, null })
        {
            _credential = credential;
            Assert.Equal(HttpStatusCode.Unauthorized, await Get(gateway, "the first secret", "another-uuid"));
            var basic = RunningGateway.Basic("another-uuid", "the first secret");
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/v3/instances/{Uuid}/hello");
            request.Headers.Authorization = basic;
            using var answer = await gateway.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        Assert.Empty(_calls);
    }

    [Fact]
    public async Task A_guest_in_memory_does_not_wait_for_the_lookups_of_strangers()
    {
        var lookups = new TaskCompletionSource<InstanceCredential?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = true;
        var grain = GrainDouble.Create<IInstanceDouble>((method, _) =>
        {
            if (method == "GetConfiguration") return Boxed(new(new GuestAnswer(true, Encoding.ASCII.GetBytes("||"))));
            var isFirst = first;
            first = false;
            return new ValueTask<InstanceCredential?>(isFirst ? Task.FromResult(_credential) : lookups.Task);
        });
        await using var gateway = await RunningGateway.Start(GrainDouble.Create<IGrainFactory>((_, _) => grain));
        await Get(gateway, "the first secret");
        var strangers = Enumerable.Range(0, 100).Select(_ => Get(gateway, "no secret of anyone")).ToArray();
        for (var i = 0; i < 10; i++) Assert.Equal(HttpStatusCode.OK, await Get(gateway, "the first secret"));
        Assert.DoesNotContain(strangers, stranger => stranger.IsCompleted);

        lookups.SetResult(null);
        Assert.All(await Task.WhenAll(strangers), status => Assert.Equal(HttpStatusCode.NotFound, status));
    }

    [Fact]
    public async Task A_signature_with_a_secret_that_the_grain_no_longer_accepts_is_refused()
    {
        await using var gateway = await RunningGateway.Start(GrainDouble.Create<IGrainFactory>((_, _) => Instance()));
        await Get(gateway, "the first secret");
        _credential = new InstanceCredential(2, "the second secret");
        _calls.Clear();
        Assert.Equal(HttpStatusCode.NotFound, await Get(gateway, "the first secret"));
        Assert.Equal(["GetConfiguration", "GetCredential"], _calls);
    }

    [Fact]
    public async Task A_guest_does_not_notice_that_its_instance_was_registered_again_with_the_same_secret()
    {
        await using var gateway = await RunningGateway.Start(GrainDouble.Create<IGrainFactory>((_, _) => Instance()));
        await Get(gateway, "the first secret");
        _credential = new InstanceCredential(2, "the first secret");
        Assert.Equal(HttpStatusCode.OK, await Get(gateway, "the first secret"));
    }

    [Fact]
    public async Task The_credential_of_a_deleted_instance_is_removed_from_the_cache()
    {
        await using var gateway = await RunningGateway.Start(GrainDouble.Create<IGrainFactory>((_, _) => Instance()));
        await Get(gateway, "the first secret");
        _credential = null;
        Assert.Equal(HttpStatusCode.NotFound, await Get(gateway, "the first secret"));
        _calls.Clear();
        Assert.Equal(HttpStatusCode.NotFound, await Get(gateway, "the first secret"));
        Assert.Equal(["Find"], _calls);
    }

    [Theory]
    [InlineData(GuestStatus.NonceRefused, HttpStatusCode.Unauthorized)]
    [InlineData(GuestStatus.Outdated, HttpStatusCode.NotFound)]
    [InlineData(GuestStatus.Unclear, HttpStatusCode.ServiceUnavailable)]
    public async Task A_request_that_the_instance_does_not_carry_out_has_a_status_that_fits_its_reason(
        GuestStatus reason, HttpStatusCode status)
    {
        var grain = GrainDouble.Create<IInstanceDouble>((method, _) =>
            method == "Find" ? new ValueTask<InstanceCredential?>(_credential) : Boxed(new(reason)));
        await using var gateway = await RunningGateway.Start(GrainDouble.Create<IGrainFactory>((_, _) => grain));
        Assert.Equal(status, await Get(gateway, "the first secret"));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task The_instance_learns_whether_outdated_GETs_are_answered(bool isAnswered)
    {
        List<bool> asked = [];
        var grain = GrainDouble.Create<IInstanceDouble>((method, arguments) =>
        {
            if (method == "Find") return new ValueTask<InstanceCredential?>(_credential);
            asked.Add(((GuestContact)arguments[0]!).AnswersOutdated);
            return Boxed(new(new GuestAnswer(true, Encoding.ASCII.GetBytes("||"))));
        });
        await using var gateway = await RunningGateway.Start(
            GrainDouble.Create<IGrainFactory>((_, _) => grain), ("Audrey:Gateway:AnswerOutdatedGets", $"{isAnswered}"));
        await Get(gateway, "the first secret");
        Assert.Equal([isAnswered], asked);
    }

    private IInstanceDouble Instance() => GrainDouble.Create<IInstanceDouble>((method, arguments) =>
    {
        // The count of wrong secrets is added by a timer.
        if (method == "AddWrongSecrets") return ValueTask.CompletedTask;
        _calls.Add(method);
        return method switch
        {
            "Find" or "GetCredential" => new ValueTask<InstanceCredential?>(_credential),
            _ when _credential is null => Boxed(new(GuestStatus.NotRegistered)),
            _ when ((GuestContact)arguments[0]!).Generation != _credential.Generation => Boxed(new(GuestStatus.StaleCredential)),
            _ => Boxed(new(new GuestAnswer(true, Encoding.ASCII.GetBytes("||")))),
        };
    });

    private static object Boxed(GuestResult<GuestAnswer> result) => new ValueTask<GuestResult<GuestAnswer>>(result);

    private static async Task<HttpStatusCode> Get(RunningGateway gateway, string secret, string key = Uuid)
    {
        var target = new OAuthTarget("http", gateway.Http.BaseAddress!.Authority, $"/configs/1/{Uuid}");
        var signed = new OAuthSigner(key, secret, TimeProvider.System).SignQuery("GET", target);
        using var answer = await gateway.Http.GetAsync(new Uri(signed, UriKind.Relative));
        return answer.StatusCode;
    }
}
