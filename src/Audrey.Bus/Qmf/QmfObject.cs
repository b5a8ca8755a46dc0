namespace Audrey.Bus.Qmf;

/// <summary>The identity of an object: the agent that has it, and its name there.</summary>
/// <param name="Agent">The name of the agent, or an empty string for the agent that is asked.</param>
/// <param name="Name">The name of the object.</param>
/// <param name="Epoch">The epoch of the agent in which the object exists, or zero.</param>
public sealed record QmfObjectId(string Agent, string Name, ulong Epoch = 0)
{
    internal static QmfObjectId Read(QmfBody body) =>
        new(body["_agent_name"].TextOrEmpty(), body["_object_name"].Text(), body["_agent_epoch"].Count());

    internal Dictionary<string, object?> Write()
    {
        var map = new Dictionary<string, object?> { ["_agent_name"] = Agent, ["_object_name"] = Name };
        if (Epoch > 0) map["_agent_epoch"] = (uint)Epoch;
        return map;
    }
}

/// <summary>The identity of a schema: a class of objects or of events.</summary>
/// <param name="Package">The package, such as <c>audrey</c>.</param>
/// <param name="Class">The class.</param>
/// <param name="IsEvent">Whether the schema is of events.</param>
/// <param name="Hash">The hash of the schema. It is null where the schema is only referred to.</param>
public sealed record QmfSchemaId(string Package, string Class, bool IsEvent = false, Guid? Hash = null)
{
    /// <summary>Returns whether both are the same class. A package and a hash are compared only if both have one.</summary>
    public bool IsSame(QmfSchemaId other) =>
        (Package.Length == 0 || other.Package.Length == 0 || Package == other.Package) && Class == other.Class && IsEvent == other.IsEvent
        && (Hash is null || other.Hash is null || Hash == other.Hash);

    internal static QmfSchemaId Read(QmfBody body) =>
        new(
            body["_package_name"].TextOrEmpty(),
            body["_class_name"].Text(),
            body["_type"].TextOrEmpty() == "_event",
            body["_hash"].Value as Guid?);

    internal Dictionary<string, object?> Write()
    {
        var map = new Dictionary<string, object?>
        {
            ["_package_name"] = Package,
            ["_class_name"] = Class,
            ["_type"] = IsEvent ? "_event" : "_data",
        };
        if (Hash is { } hash) map["_hash"] = hash;
        return map;
    }
}

/// <summary>
/// An object of an agent, or an event. Events have a <see cref="Severity"/>.
/// </summary>
/// <param name="Values">The properties, as plain values.</param>
public sealed record QmfObject(IReadOnlyDictionary<string, object?> Values)
{
    /// <summary>The identity, or null for an event.</summary>
    public QmfObjectId? Id { get; init; }

    /// <summary>The class, or null for data without a schema.</summary>
    public QmfSchemaId? Schema { get; init; }

    /// <summary>The time of the newest change of an object, or of the event, in nanoseconds since 1970. Zero is unknown.</summary>
    public ulong UpdatedAt { get; init; }

    /// <summary>The time of the creation of the object, in nanoseconds since 1970. Zero is unknown.</summary>
    public ulong CreatedAt { get; init; }

    /// <summary>The time of the deletion of the object, in nanoseconds since 1970. Zero if it exists.</summary>
    public ulong DeletedAt { get; init; }

    /// <summary>
    /// The time of the newest change of an object, or of the event. Null if it is unknown. A time that does not fit is the latest one.
    /// </summary>
    public DateTimeOffset? UpdatedTime => UpdatedAt == 0 ? null : DateTimeOffset.UnixEpoch.AddTicks((long)Math.Min(
        UpdatedAt / TimeSpan.NanosecondsPerTick, (ulong)(DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks));

    /// <summary>The severity of an event, from 0 (emergency) to 7 (debug). It is null for an object.</summary>
    public int? Severity { get; init; }

    /// <summary>Reads the objects or events in the body of a query response or of a data indication.</summary>
    /// <exception cref="QmfFormatException">The body is not a list of objects.</exception>
    public static IReadOnlyList<QmfObject> ReadAll(QmfMessage message)
    {
        // Some libraries send one event as a map instead of a list.
        var body = new QmfBody(message.Body, "body");
        return body.Value is IReadOnlyDictionary<string, object?> ? [Read(body)] : [.. body.Items().Select(Read)];
    }

    /// <summary>Returns the map of the object or of the event.</summary>
    public IReadOnlyDictionary<string, object?> Write()
    {
        var map = new Dictionary<string, object?> { ["_values"] = Values };
        if (Id is not null) map["_object_id"] = Id.Write();
        if (Schema is not null) map["_schema_id"] = Schema.Write();
        if (CreatedAt > 0) map["_create_ts"] = CreatedAt;
        if (DeletedAt > 0) map["_delete_ts"] = DeletedAt;
        if (Severity is null)
        {
            if (UpdatedAt > 0) map["_update_ts"] = UpdatedAt;
        }
        else
        {
            map["_severity"] = Severity;
            map["_timestamp"] = UpdatedAt;
        }

        return map;
    }

    internal static QmfObject Read(QmfBody body)
    {
        var isEvent = body["_severity"].Value is not null;
        return new QmfObject(body["_values"].MapOrEmpty())
        {
            Id = body["_object_id"].Value is null ? null : QmfObjectId.Read(body["_object_id"]),
            Schema = body["_schema_id"].Value is null ? null : QmfSchemaId.Read(body["_schema_id"]),
            UpdatedAt = body[isEvent ? "_timestamp" : "_update_ts"].Count(),
            CreatedAt = body["_create_ts"].Count(),
            DeletedAt = body["_delete_ts"].Count(),
            Severity = isEvent ? (int)Math.Min(body["_severity"].Count(), 7) : null,
        };
    }
}
