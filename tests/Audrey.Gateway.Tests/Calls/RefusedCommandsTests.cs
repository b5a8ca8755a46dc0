using System.Net;
using System.Text;
using Audrey.Abstractions;
using Audrey.Abstractions.Auditing;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Instances;
using Audrey.Abstractions.Launching;
using Audrey.Core.Auditing;
using Audrey.Gateway.Tests.Support;
using Audrey.Protocol.Authentication;
using Audrey.Testing;
using Orleans;

namespace Audrey.Gateway.Tests.Calls;

public sealed class RefusedCommandsTests
{
    private const string Uuid = "web";
    private const string Document =
        $"<instance-config id=\"{Uuid}\" name=\"web\" secret=\"s\"><deployable name=\"d\" id=\"d\"/></instance-config>";

    private readonly List<string> _calls = [];
    private readonly List<object> _audited = [];
    private Func<Task<ConductorAnswer>> _register = () => Task.FromResult(ConductorAnswer.Done);
    private ConductorAnswer _known = ConductorAnswer.Refuse(ConductorOutcome.NonceRefused, "refused");

    [Theory]
    [InlineData(ConductorOutcome.NonceRefused, HttpStatusCode.Unauthorized)]
    [InlineData(ConductorOutcome.Done, HttpStatusCode.OK)]
    public async Task A_command_that_was_answered_with_503_is_not_carried_out_if_the_same_bytes_are_sent_again(
        ConductorOutcome known, HttpStatusCode expected)
    {
        await using var gateway = await Start();
        var captured = Sign(gateway, "data=" + Uri.EscapeDataString(Document));
        _register = () => throw new InsufficientMemoryException();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await Send(gateway, captured));

        _register = () => Task.FromResult(ConductorAnswer.Done);
        _known = new(known, []);
        _calls.Clear();
        Assert.Equal(expected, await Send(gateway, captured));
        Assert.Equal(["Refuse"], _calls);

        _calls.Clear();
        Assert.Equal(HttpStatusCode.OK, await Send(gateway, Sign(gateway, "data=" + Uri.EscapeDataString(Document))));
        Assert.Equal(["RegisterLeniently"], _calls);
    }

    [Theory]
    [InlineData(ConductorOutcome.NonceRefused, "out-of-order")]
    [InlineData(ConductorOutcome.Done, "done")]
    public async Task The_entry_of_a_command_that_was_answered_503_gets_the_outcome_of_its_repetition(
        ConductorOutcome known, string outcome)
    {
        await using var gateway = await Start();
        var captured = Sign(gateway, "data=" + Uri.EscapeDataString(Document));
        _register = () => throw new InsufficientMemoryException();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await Send(gateway, captured));
        var entry = Assert.IsType<AuditEntry>(Assert.Single(_audited));

        _known = new(known, []);
        await Send(gateway, captured);
        Assert.Equal((3, entry.Mark, entry.Target), (_audited.Count, ((AuditEntry)_audited[1]).Mark, ((AuditEntry)_audited[1]).Target));
        Assert.Equal((entry.Mark, outcome), (((AuditEnd)_audited[2]).Mark, ((AuditEnd)_audited[2]).Outcome));
    }

    [Theory]
    [InlineData("data=no+document", HttpStatusCode.BadRequest)]
    [InlineData("other=field", HttpStatusCode.BadRequest)]
    [InlineData(
        "data=<instance-config+id='other'+name='web'+secret='s'><deployable+name='d'+id='d'/></instance-config>",
        HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_refusal_is_durable_before_it_is_answered(string form, HttpStatusCode expected)
    {
        await using var gateway = await Start();
        if (form.Length == 0) form = "data=" + new string('x', 1100);
        Assert.Equal(expected, await Send(gateway, Sign(gateway, form)));
        Assert.Equal(["Refuse"], _calls);
    }

    [Fact]
    public async Task If_a_refusal_cannot_be_stored_the_answer_is_503()
    {
        await using var gateway = await Start();
        _known = null!;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await Send(gateway, Sign(gateway, "other=field")));
    }

    [Fact]
    public async Task No_refusal_is_stored_for_a_request_with_a_wrong_secret()
    {
        await using var gateway = await Start();
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(gateway, Sign(gateway, "data=no+document", "another secret")));
        Assert.Empty(_calls);
    }

    private Task<RunningGateway> Start() => RunningGateway.Start(
        GrainDouble.Create<IGrainFactory>((_, arguments) => arguments[0] switch
        {
            long => GrainDouble.Create<IRegistrarGrain>((call, _) => Record(call, _register)),
            string key when key == GrainKeys.Credentials => GrainDouble.Create<ICredentialsGrain>((_, _) =>
                new ValueTask<CredentialSet?>(new CredentialSet(1, []))),
            string key when AuditDouble.HasKey(key) => AuditDouble.Create(_audited.Add),
            _ => GrainDouble.Create<IInstanceGrain>((call, _) =>
                Record(call, () => _known is null ? throw new InsufficientMemoryException() : Task.FromResult(_known))),
        }),
        ("Audrey:Limits:MaxDocumentBytes", "1024"));

    private Task<ConductorAnswer> Record(string call, Func<Task<ConductorAnswer>> answer)
    {
        _calls.Add(call);
        return answer();
    }

    private static (string Header, string Form) Sign(RunningGateway gateway, string form, string secret = RunningGateway.ConductorSecret)
    {
        var target = new OAuthTarget("http", gateway.Http.BaseAddress!.Authority, $"/configs/2/{Uuid}");
        var signer = new OAuthSigner(RunningGateway.ConductorKey, secret, TimeProvider.System);
        return (signer.SignHeader("POST", target, Encoding.UTF8.GetBytes(form)), form);
    }

    private static async Task<HttpStatusCode> Send(RunningGateway gateway, (string Header, string Form) captured)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/configs/2/{Uuid}")
        {
            Content = new StringContent(captured.Form, Encoding.UTF8, "application/x-www-form-urlencoded"),
        };
        request.Headers.TryAddWithoutValidation("Authorization", captured.Header);
        using var answer = await gateway.Http.SendAsync(request);
        return answer.StatusCode;
    }
}
