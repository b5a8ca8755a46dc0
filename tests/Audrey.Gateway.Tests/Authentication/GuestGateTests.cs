using System.Net;
using System.Text;
using Audrey.Abstractions.Instances;
using Audrey.Gateway.Tests.Support;
using Audrey.Protocol.Authentication;
using Audrey.Testing;
using Orleans;

namespace Audrey.Gateway.Tests.Authentication;

public sealed class GuestGateTests
{
    private const string Uuid = "some-uuid";

    private readonly List<string> _calls = [];
    private InstanceCredential? _credential = new(1, "the first secret");

    [Fact]
    public async Task The_credential_is_fetched_once_and_then_at_hand()
    {
        await using var gateway = await RunningGateway.Start(GrainDouble.Of<IGrainFactory>((_, _) => Instance()));
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, await Get(gateway, "the first secret"));
        Assert.Equal(["GetCredential", "GetConfiguration", "GetConfiguration", "GetConfiguration"], _calls);
    }

    [Fact]
    public async Task A_signature_that_does_not_fit_is_verified_once_more_with_the_credential_of_now()
    {
        await using var gateway = await RunningGateway.Start(GrainDouble.Of<IGrainFactory>((_, _) => Instance()));
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
    public async Task An_old_signature_is_found_out_by_the_grain_and_refused()
    {
        await using var gateway = await RunningGateway.Start(GrainDouble.Of<IGrainFactory>((_, _) => Instance()));
        await Get(gateway, "the first secret");
        _credential = new InstanceCredential(2, "the second secret");
        _calls.Clear();
        Assert.Equal(HttpStatusCode.Unauthorized, await Get(gateway, "the first secret"));
        Assert.Equal(["GetConfiguration", "GetCredential"], _calls);
    }

    [Fact]
    public async Task A_registration_anew_under_the_same_secret_is_no_ones_business_but_the_gateways()
    {
        await using var gateway = await RunningGateway.Start(GrainDouble.Of<IGrainFactory>((_, _) => Instance()));
        await Get(gateway, "the first secret");
        _credential = new InstanceCredential(2, "the first secret");
        Assert.Equal(HttpStatusCode.OK, await Get(gateway, "the first secret"));
    }

    [Fact]
    public async Task An_instance_that_was_deleted_is_forgotten()
    {
        await using var gateway = await RunningGateway.Start(GrainDouble.Of<IGrainFactory>((_, _) => Instance()));
        await Get(gateway, "the first secret");
        _credential = null;
        Assert.Equal(HttpStatusCode.NotFound, await Get(gateway, "the first secret"));
        _calls.Clear();
        Assert.Equal(HttpStatusCode.NotFound, await Get(gateway, "the first secret"));
        Assert.Equal(["GetCredential"], _calls);
    }

    private IGuestGrain Instance() => GrainDouble.Of<IGuestGrain>((method, arguments) =>
    {
        _calls.Add(method);
        return method switch
        {
            "GetCredential" => new ValueTask<InstanceCredential?>(_credential),
            _ when _credential is null => new ValueTask<GuestResult<GuestAnswer>>(new GuestResult<GuestAnswer>(GuestStatus.NotRegistered)),
            _ when ((GuestContact)arguments[0]!).Generation != _credential.Generation => new ValueTask<GuestResult<GuestAnswer>>(new GuestResult<GuestAnswer>(GuestStatus.StaleCredential)),
            _ => new ValueTask<GuestResult<GuestAnswer>>(new GuestResult<GuestAnswer>(new GuestAnswer(true, Encoding.ASCII.GetBytes("||")))),
        };
    });

    private static async Task<HttpStatusCode> Get(RunningGateway gateway, string secret)
    {
        var target = new OAuthTarget("http", gateway.Http.BaseAddress!.Authority, $"/configs/1/{Uuid}");
        using var answer = await gateway.Http.GetAsync(new Uri(new OAuthSigner(Uuid, secret, TimeProvider.System).SignQuery("GET", target), UriKind.Relative));
        return answer.StatusCode;
    }
}
