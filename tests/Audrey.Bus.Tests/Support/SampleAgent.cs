using Audrey.Bus.Agents;
using Audrey.Bus.Connections;
using Audrey.Bus.Qmf;

namespace Audrey.Bus.Tests.Support;

/// <summary>An agent with an object of the class Sysconfig, whose port can be changed, and an object of the class Host.</summary>
internal sealed class SampleAgent : IAgentObjects, IAsyncDisposable
{
    public static readonly QmfSchemaId SysconfigId = new("audrey", "Sysconfig");
    private readonly QmfAgent _agent;

    public SampleAgent(BusConnection connection, string instance, TimeProvider? time = null)
    {
        Connection = connection;
        Name = new AgentName("audrey", "guest", instance);
        var description = new AgentDescription(Name)
        {
            Attributes = new Dictionary<string, object?> { ["hostname"] = "host-" + instance, ["generation"] = 3L },
            HeartbeatInterval = TimeSpan.FromSeconds(10),
        };
        _agent = new QmfAgent(connection, description, this, time ?? TimeProvider.System);
        _agent.Start();
    }

    public BusConnection Connection { get; }

    public AgentName Name { get; }

    public long Port { get; set; } = 2200;

    public QmfAgent Agent => _agent;

    public IReadOnlyList<QmfSchema> Schemas { get; } =
    [
        new QmfSchema(
            SysconfigId,
            [new QmfProperty("sshd-port", QmfType.Int) { Description = "The port of sshd." }, new QmfProperty("unknown", QmfType.Map)],
            [
                new QmfMethod(
                    "query",
                    [
                        new QmfProperty("text", QmfType.String) { Direction = "I" },
                        new QmfProperty("value", QmfType.Int) { Direction = "O" },
                    ]),
            ])
            .WithHash(),
        new QmfSchema(new QmfSchemaId("audrey", "Host"), [new QmfProperty("memory", QmfType.Int) { Unit = "B" }], []).WithHash(),
    ];

    public QmfObject Sysconfig() => new(new Dictionary<string, object?>
    {
        ["sshd-port"] = Port,
        ["unknown"] = new Dictionary<string, object?> { ["puppet"] = "not installed" },
    })
    {
        Id = new QmfObjectId(Name.ToString(), "Sysconfig"),
        Schema = Schemas[0].Id,
        UpdatedAt = 1_700_000_000_000_000_000,
    };

    public ValueTask<IReadOnlyList<QmfObject>> ReadAsync(string? className, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<QmfObject>>(
        [
            Sysconfig(),
            new QmfObject(new Dictionary<string, object?> { ["memory"] = 1024L })
            {
                Id = new QmfObjectId(Name.ToString(), "Host"), Schema = Schemas[1].Id,
            },
        ]);

    public ValueTask<IReadOnlyDictionary<string, object?>> CallAsync(QmfCall call, string? userId, CancellationToken cancellationToken) =>
        call switch
        {
            { Method: "query" } when call.Arguments.GetValueOrDefault("text") is "sshd-port" =>
                new(new Dictionary<string, object?> { ["value"] = Port, ["user"] = userId }),
            { Method: "query" } => throw new QmfException($"There is no property '{call.Arguments.GetValueOrDefault("text")}'."),
            _ => throw new QmfException($"There is no method '{call.Method}'."),
        };

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
