using Audrey.Bus.Qmf;
using Audrey.Gateway.Credentials;

namespace Audrey.Gateway.Bus;

/// <summary>
/// Asks agents for their objects that send them only when they are asked. An agent is asked when it is new, when it has started again, when
/// its schemas have changed, and when it has sent an event. The guest program sends its objects unasked, so it is not asked.
/// </summary>
internal sealed class AgentSurvey(Func<QmfMessage, ValueTask> send)
{
    private const string OwnProduct = "guest";
    private const string OwnVendor = "audrey";

    /// <summary>The number of agents at which all of them are asked again.</summary>
    private const int MaxAgents = 65_536;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, KnownAgent> _agents = new(StringComparer.Ordinal);

    /// <summary>Gets the address at which the answers arrive.</summary>
    public BusAddress ReplyTo { get; } = new(BusAddress.Topic, $"direct-console.{Guid.NewGuid()}");

    /// <summary>Looks at an accepted message of an agent, and asks the agent if there is something new.</summary>
    public ValueTask Observe(QmfMessage message, GuestCredential instance) => message.Opcode switch
    {
        QmfOpcodes.Heartbeat or QmfOpcodes.LocateResponse => ObserveAgent(AgentDescription.Read(message), message.UserId, instance),
        QmfOpcodes.DataIndication when message.Content == "_event" => ObserveEvent(message),
        QmfOpcodes.QueryResponse when message.Content == "_schema_id" => AskForObjects(message),
        _ => default,
    };

    private async ValueTask ObserveAgent(AgentDescription agent, string? user, GuestCredential instance)
    {
        if (agent.Name is { Vendor: OwnVendor, Product: OwnProduct }) return;
        var known = new KnownAgent(agent.DirectSubject, agent.Epoch, agent.SchemaUpdated, user, instance.Generation);
        lock (_lock)
        {
            if (_agents.GetValueOrDefault(agent.Name.ToString()) == known) return;
            if (_agents.Count >= MaxAgents) _agents.Clear();
            _agents[agent.Name.ToString()] = known;
        }

        await Ask(agent.Name.ToString(), new QmfQuery(QmfTarget.SchemaId));
    }

    private ValueTask ObserveEvent(QmfMessage message)
    {
        bool isKnown;
        lock (_lock) isKnown = _agents.TryGetValue(message.Agent, out var known) && known.User == message.UserId;
        return isKnown ? Ask(message.Agent, new QmfQuery(QmfTarget.SchemaId)) : default;
    }

    private async ValueTask AskForObjects(QmfMessage message)
    {
        foreach (var schema in QmfSchema.ReadIds(message))
            if (!schema.IsEvent) await Ask(message.Agent, new QmfQuery(QmfTarget.Object) { Schema = schema });
    }

    private ValueTask Ask(string agent, QmfQuery query)
    {
        KnownAgent? known;
        lock (_lock) known = _agents.GetValueOrDefault(agent);
        if (known is null) return default;
        var address = known.Subject.Length > 0 ? new BusAddress(BusAddress.Topic, known.Subject) : new BusAddress(BusAddress.Direct, agent);
        return send(new QmfMessage(QmfOpcodes.QueryRequest, address, query.Write()) { ReplyTo = ReplyTo, CorrelationId = agent });
    }

    private sealed record KnownAgent(string Subject, ulong Epoch, ulong SchemaUpdated, string? User, long Generation);
}
