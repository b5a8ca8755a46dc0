namespace Audrey.Bus.Qmf;

/// <summary>
/// A message of QMF v2.
/// </summary>
/// <param name="Opcode">What the message is, of <see cref="QmfOpcodes"/>.</param>
/// <param name="Address">Where the message is sent, or where it came from.</param>
/// <param name="Body">A plain map or list; see the documentation of each opcode.</param>
public sealed record QmfMessage(string Opcode, BusAddress Address, object? Body)
{
    /// <summary>The name of the agent that sent the message, or an empty string.</summary>
    public string Agent { get; init; } = "";

    /// <summary>The contents: <c>_data</c>, <c>_event</c>, <c>_schema</c>, <c>_schema_id</c>, <c>_object_id</c>, or an empty string.</summary>
    public string Content { get; init; } = "";

    /// <summary>Whether more responses to the same request follow.</summary>
    public bool IsPartial { get; init; }

    /// <summary>The mark of a request that its responses repeat, or null.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Where responses are sent, or null.</summary>
    public BusAddress? ReplyTo { get; init; }

    /// <summary>The sender as the broker has checked it, or null. The embedded bus sets it in each message.</summary>
    public string? UserId { get; init; }

    /// <summary>Whether the message is unasked, so that a full queue may drop it.</summary>
    public bool IsIndication => Opcode.EndsWith("_indication", StringComparison.Ordinal);
}

/// <summary>
/// The opcodes of QMF v2.
/// </summary>
public static class QmfOpcodes
{
    /// <summary>Asks for agents. The body is a list, a predicate on the attributes.</summary>
    public const string LocateRequest = "_agent_locate_request";

    /// <summary>Describes an agent that was asked for. The body is that of <see cref="AgentDescription"/>.</summary>
    public const string LocateResponse = "_agent_locate_response";

    /// <summary>Describes an agent at an interval. The body is that of <see cref="AgentDescription"/>.</summary>
    public const string Heartbeat = "_agent_heartbeat_indication";

    /// <summary>Asks an agent for objects or schemas. The body is that of <see cref="QmfQuery"/>.</summary>
    public const string QueryRequest = "_query_request";

    /// <summary>Answers a query. The body is a list of what was asked for.</summary>
    public const string QueryResponse = "_query_response";

    /// <summary>Calls a method. The body is that of <see cref="QmfCall"/>.</summary>
    public const string MethodRequest = "_method_request";

    /// <summary>Answers a call. The body is a map with <c>_arguments</c>.</summary>
    public const string MethodResponse = "_method_response";

    /// <summary>Refuses a request. The body is a map with <c>_values.error_text</c>.</summary>
    public const string Exception = "_exception";

    /// <summary>Has changed objects or events. The body is a list of maps of <see cref="QmfObject"/>.</summary>
    public const string DataIndication = "_data_indication";
}
