using Audrey.Bus.Agents;
using Audrey.Bus.Connections;
using Audrey.Bus.Qmf;

namespace Audrey.EndToEnd.Tests.Bus;

/// <summary>An agent on the machine of an instance. It has one object of the class Sysconfig with the port of sshd.</summary>
internal sealed class FactAgent : IAgentObjects, IAsyncDisposable
{
    private static readonly QmfSchemaId Sysconfig = new("audrey", "Sysconfig");

    private readonly QmfAgent _agent;
    private ulong _updated = 1_800_000_000_000_000_000;

    private FactAgent(BusConnection connection, AgentName name)
    {
        Connection = connection;
        Name = name;
        _agent = new QmfAgent(
            connection, new AgentDescription(name) { HeartbeatInterval = TimeSpan.FromSeconds(10) }, this, TimeProvider.System);
    }

    public BusConnection Connection { get; }

    public AgentName Name { get; }

    public long Port { get; set; } = 2222;

    public IReadOnlyList<QmfSchema> Schemas { get; } =
        [new QmfSchema(Sysconfig, [new QmfProperty("sshd-port", QmfType.Int)], []).WithHash()];

    /// <summary>Creates an agent that is not connected.</summary>
    /// <param name="url">The bus.</param>
    /// <param name="user">The user that signs in.</param>
    /// <param name="secret">The secret of the user.</param>
    /// <param name="name">The name. Null for the guest program of the user.</param>
    public static FactAgent Create(string url, string user, string secret, AgentName? name = null) => new(
        new BusConnection(
            new BusOptions { Url = new Uri(url), User = user, Secret = secret, FirstReconnectDelay = TimeSpan.FromMilliseconds(20) },
            TimeProvider.System),
        name ?? new AgentName("audrey", "guest", user));

    /// <summary>Creates an agent and connects it.</summary>
    /// <inheritdoc cref="Create"/>
    public static async Task<FactAgent> Connect(string url, string user, string secret, AgentName? name = null)
    {
        var agent = Create(url, user, secret, name);
        agent._agent.Start();
        agent.Connection.Start();
        await agent.Connection.WaitConnectedAsync(CancellationToken.None).Within("the connection of an agent");
        return agent;
    }

    /// <summary>Sends the object with a port, as it is after a change.</summary>
    public Task<BusOutcome> Publish(long port)
    {
        (Port, _updated) = (port, _updated + 1_000_000);
        return _agent.PublishAsync("Sysconfig", [Object()]).Within("the answer to a message");
    }

    /// <summary>Sends the same object again.</summary>
    public Task<BusOutcome> Repeat() => _agent.PublishAsync("Sysconfig", [Object()]).Within("the answer to a message");

    public ValueTask<IReadOnlyList<QmfObject>> ReadAsync(string? className, CancellationToken cancellationToken) => new([Object()]);

    public ValueTask<IReadOnlyDictionary<string, object?>> CallAsync(QmfCall call, string? userId, CancellationToken cancellationToken) =>
        new(new Dictionary<string, object?> { ["port"] = Port });

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await Connection.DisposeAsync();
    }

    private QmfObject Object() => new(new Dictionary<string, object?> { ["sshd-port"] = Port, ["sshd-port-observed"] = Port })
    {
        Id = new QmfObjectId(Name.ToString(), "Sysconfig"),
        Schema = Schemas[0].Id,
        UpdatedAt = _updated,
    };
}
