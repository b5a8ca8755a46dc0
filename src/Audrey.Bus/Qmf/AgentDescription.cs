namespace Audrey.Bus.Qmf;

/// <summary>
/// The description of an agent in its heartbeats and in its answers to locate requests.
/// </summary>
/// <param name="Name">The name of the agent.</param>
public sealed record AgentDescription(AgentName Name)
{
    private static readonly string[] Reserved =
    [
        "_vendor", "_product", "_instance", "_name", "_direct_subject", "qmf.agent_capability", "_timestamp", "_heartbeat_interval",
        "_epoch", "_schema_updated",
    ];

    /// <summary>More attributes, such as <c>hostname</c>. The values are plain values.</summary>
    public IReadOnlyDictionary<string, object?> Attributes { get; init; } = new Dictionary<string, object?>();

    /// <summary>The key of the topic exchange at which only this agent listens, or an empty string.</summary>
    public string DirectSubject { get; init; } = "";

    /// <summary>The time between two heartbeats, in whole seconds on the wire. Zero is unknown.</summary>
    public TimeSpan HeartbeatInterval { get; init; }

    /// <summary>A count of the starts of the agent. Zero if the agent does not count them.</summary>
    public ulong Epoch { get; init; }

    /// <summary>The time of the message, in nanoseconds since 1970.</summary>
    public ulong Timestamp { get; init; }

    /// <summary>The time of the newest schema, in nanoseconds since 1970.</summary>
    public ulong SchemaUpdated { get; init; }

    /// <summary>Reads the body of a heartbeat or of a locate response.</summary>
    /// <exception cref="QmfFormatException">The body is not a map with the name of the agent.</exception>
    public static AgentDescription Read(QmfMessage message)
    {
        var values = new QmfBody(message.Body, "body")["_values"];
        var attributes = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in values.Map())
        {
            if (Array.IndexOf(Reserved, key) < 0) attributes[key] = value;
        }

        return new AgentDescription(new AgentName(values["_vendor"].Text(), values["_product"].Text(), values["_instance"].Text()))
        {
            Attributes = attributes,
            DirectSubject = values["_direct_subject"].TextOrEmpty(),
            HeartbeatInterval = TimeSpan.FromSeconds(Math.Min(values["_heartbeat_interval"].Count(), 86_400)),
            Epoch = values["_epoch"].Count(),
            Timestamp = values["_timestamp"].Count(),
            SchemaUpdated = values["_schema_updated"].Count(),
        };
    }

    /// <summary>Returns the body of a heartbeat or of a locate response.</summary>
    public IReadOnlyDictionary<string, object?> Write() => new Dictionary<string, object?> { ["_values"] = Values() };

    /// <summary>Returns all values, those of the protocol and the attributes, for predicates.</summary>
    public IReadOnlyDictionary<string, object?> Values()
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in Attributes) values[key] = value;
        values["_vendor"] = Name.Vendor;
        values["_product"] = Name.Product;
        values["_instance"] = Name.Instance;
        values["_name"] = Name.ToString();
        values["_direct_subject"] = DirectSubject;
        values["qmf.agent_capability"] = 1u;
        values["_timestamp"] = Timestamp;
        values["_heartbeat_interval"] = (uint)HeartbeatInterval.TotalSeconds;
        values["_epoch"] = (uint)Epoch;
        values["_schema_updated"] = SchemaUpdated;
        return values;
    }
}
