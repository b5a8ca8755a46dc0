using System.Net;
using Audrey.Bus.Broker;
using Audrey.Bus.Connections;
using Audrey.Bus.Qmf;

namespace Audrey.Bus.Tests.Support;

/// <summary>An embedded bus on a loopback port, on which each user has the secret "secret of USER".</summary>
internal sealed class TestBus : IAsyncDisposable
{
    public TestBus(TestAccess? access = null, Func<EmbeddedBusOptions, EmbeddedBusOptions>? change = null)
    {
        Access = access ?? new TestAccess();
        var options = new EmbeddedBusOptions { Endpoint = new IPEndPoint(IPAddress.Loopback, 0) };
        Bus = new EmbeddedBus(change?.Invoke(options) ?? options, Access, Access, TimeProvider.System);
    }

    public EmbeddedBus Bus { get; }

    public TestAccess Access { get; }

    public BusOptions OptionsOf(string user) => new()
    {
        Url = new Uri($"amqp://127.0.0.1:{Bus.Endpoint.Port}"),
        User = user,
        Secret = "secret of " + user,
        FirstReconnectDelay = TimeSpan.FromMilliseconds(20),
    };

    public BusConnection Connection(string user) => new(OptionsOf(user), TimeProvider.System);

    public ValueTask DisposeAsync() => Bus.DisposeAsync();
}

/// <summary>Lets everybody do everything, except what a test forbids.</summary>
internal sealed class TestAccess : IBusAuthenticator, IBusAccess
{
    public Func<BusUser, QmfMessage, IReadOnlyCollection<string>, string?> Send { get; init; } = (_, _, _) => null;

    public Func<BusUser, BusAddress, string?> Listen { get; init; } = (_, _) => null;

    public Func<BusUser, BusUser, bool> Receive { get; init; } = (_, _) => true;

    public async ValueTask<BusUser?> SignInAsync(BusSignIn signIn, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return signIn.Secret == "secret of " + signIn.User ? new BusUser(signIn.User) : null;
    }

    public string? WhyNotSend(BusUser user, QmfMessage message, IReadOnlyCollection<string> agents) => Send(user, message, agents);

    public string? WhyNotListen(BusUser user, BusAddress address) => Listen(user, address);

    public bool MayReceive(BusUser receiver, BusUser sender, QmfMessage message) => Receive(receiver, sender);
}
