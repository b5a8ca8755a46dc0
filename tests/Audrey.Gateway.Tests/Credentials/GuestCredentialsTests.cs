using System.Globalization;
using Audrey.Abstractions.Instances;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Credentials;
using Audrey.Gateway.Settings;
using Audrey.Gateway.Tests.Support;
using Audrey.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans;

namespace Audrey.Gateway.Tests.Credentials;

public sealed class GuestCredentialsTests
{
    private readonly GuestCredentials _credentials;
    private InstanceCredential? _credential;

    public GuestCredentialsTests()
    {
        var options = Options.Create(new GatewayOptions());
        var grain = GrainDouble.Create<IInstanceDouble>((method, _) =>
            method == "Find" ? new ValueTask<InstanceCredential?>(_credential) : throw new NotSupportedException(method));
        _credentials = new GuestCredentials(
            GrainDouble.Create<IGrainFactory>((_, _) => grain),
            new GrainCalls(options, [], TimeProvider.System, NullLogger<GrainCalls>.Instance),
            options);
    }

    [Fact]
    public async Task A_hundred_thousand_unknown_ids_leave_no_entry()
    {
        for (var i = 0; i < 100_000; i++)
            Assert.Null(await _credentials.GetFresh(i.ToString(CultureInfo.InvariantCulture)));
        Assert.Equal(0, _credentials.Count);
    }

    [Fact]
    public async Task An_unknown_id_is_known_at_the_next_request_after_its_registration()
    {
        Assert.Null(await _credentials.GetFresh("a"));
        _credential = new InstanceCredential(1, "secret");
        Assert.Equal(1, (await _credentials.GetFresh("a"))!.Generation);
        Assert.NotNull(_credentials.TryGetCached("a"));

        _credential = null;
        Assert.Null(await _credentials.GetFresh("a"));
        Assert.Equal(0, _credentials.Count);
    }

    [Fact]
    public async Task Something_that_is_no_id_costs_no_call()
    {
        _credential = new InstanceCredential(1, "secret");
        Assert.Null(await _credentials.GetFresh("a/b"));
        Assert.Null(await _credentials.GetFresh(new string('x', 256)));
    }
}
