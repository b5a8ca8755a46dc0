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
    public async Task The_credential_is_fetched_once_and_then_kept_in_memory()
    {
        await using var gateway = await RunningGateway.Start(GrainDouble.Create<IGrainFactory>((_, _) => Instance()));
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, await Get(gateway, "the first secret"));
        Assert.Equal(["GetCredential", "GetConfiguration", "GetConfiguration", "GetConfiguration"], _calls);
    }

    [Fact]
    public async Task A_signature_that_does_not_match_is_verified_again_with_a_fresh_credential()
    {
        await using var gateway = await RunningGateway.Start(GrainDouble.Create<IGrainFactory>((_, _) => Instance()));
        await Get(gateway, "the first secret");
        _credential = new InstanceCredential(2, "the second secret");
        _calls.Clear();
        Assert.Equal(HttpStatusCode.OK, await Get(gateway, "the second secret"));
        Assert.Equal(["GetCredential", "GetConfiguration"], _calls);

        _calls.Clear();
        Assert.Equal(HttpStatusCode.Unauthorized, await Get(gateway, "no secret of anyone"));
        Assert.Equal(["GetCredential"], _calls);
    }

    [Fact]
    public async Task A_signature_with_a_replaced_secret_is_noticed_by_the_grain_and_refused()
    {
        await using var gateway = await RunningGateway.Start(GrainDouble.Create<IGrainFactory>((_, _) => Instance()));
        await Get(gateway, "the first secret");
        _credential = new InstanceCredential(2, "the second secret");
        _calls.Clear();
        Assert.Equal(HttpStatusCode.Unauthorized, await Get(gateway, "the first secret"));
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
    public async Task An_instance_that_was_deleted_is_forgotten()
    {
        await using var gateway = await RunningGateway.Start(GrainDouble.Create<IGrainFactory>((_, _) => Instance()));
        await Get(gateway, "the first secret");
        _credential = null;
        Assert.Equal(HttpStatusCode.NotFound, await Get(gateway, "the first secret"));
        _calls.Clear();
        Assert.Equal(HttpStatusCode.NotFound, await Get(gateway, "the first secret"));
        Assert.Equal(["GetCredential"], _calls);
    }

    private IGuestGrain Instance() => GrainDouble.Create<IGuestGrain>((method, arguments) =>
    {
        _calls.Add(method);
        return method switch
        {
            "GetCredential" => new ValueTask<InstanceCredential?>(_credential),
            _ when _credential is null => Boxed(new(GuestStatus.NotRegistered)),
            _ when ((GuestContact)arguments[0]!).Generation != _credential.Generation => Boxed(new(GuestStatus.StaleCredential)),
            _ => Boxed(new(new GuestAnswer(true, Encoding.ASCII.GetBytes("||")))),
        };
    });

    private static object Boxed(GuestResult<GuestAnswer> result) => new ValueTask<GuestResult<GuestAnswer>>(result);

    private static async Task<HttpStatusCode> Get(RunningGateway gateway, string secret)
    {
        var target = new OAuthTarget("http", gateway.Http.BaseAddress!.Authority, $"/configs/1/{Uuid}");
        var signed = new OAuthSigner(Uuid, secret, TimeProvider.System).SignQuery("GET", target);
        using var answer = await gateway.Http.GetAsync(new Uri(signed, UriKind.Relative));
        return answer.StatusCode;
    }
}
