namespace Audrey.Bus.Qmf;

/// <summary>The kinds of results that a query can ask for.</summary>
public enum QmfTarget
{
    /// <summary>Objects.</summary>
    Object,

    /// <summary>The identities of objects.</summary>
    ObjectId,

    /// <summary>Schemas.</summary>
    Schema,

    /// <summary>The identities of schemas.</summary>
    SchemaId,
}

/// <summary>
/// A query for objects or schemas of one agent.
/// </summary>
/// <param name="Target">What is asked for.</param>
public sealed record QmfQuery(QmfTarget Target)
{
    /// <summary>Asks for this object only, or null.</summary>
    public QmfObjectId? Object { get; init; }

    /// <summary>Asks for this class only, or null.</summary>
    public QmfSchemaId? Schema { get; init; }

    /// <summary>A condition on the values, or null.</summary>
    public QmfPredicate? Where { get; init; }

    /// <summary>Reads the body of a query request.</summary>
    /// <exception cref="QmfFormatException">The body is not a query.</exception>
    public static QmfQuery Read(QmfMessage message)
    {
        var body = new QmfBody(message.Body, "body");
        var what = body["_what"];
        var target = what.Text() switch
        {
            "OBJECT" => QmfTarget.Object,
            "OBJECT_ID" => QmfTarget.ObjectId,
            "SCHEMA" => QmfTarget.Schema,
            "SCHEMA_ID" => QmfTarget.SchemaId,
            var other => throw new QmfFormatException(what.Path, $"is '{other}'; it must be OBJECT, OBJECT_ID, SCHEMA or SCHEMA_ID"),
        };
        return new QmfQuery(target)
        {
            Object = body["_object_id"].Value is null ? null : QmfObjectId.Read(body["_object_id"]),
            Schema = body["_schema_id"].Value is null ? null : QmfSchemaId.Read(body["_schema_id"]),
            Where = body["_where"].Value is null ? null : QmfPredicate.Read(body["_where"]),
        };
    }

    /// <summary>Returns the body of a query request.</summary>
    public IReadOnlyDictionary<string, object?> Write()
    {
        var map = new Dictionary<string, object?>
        {
            ["_what"] = Target switch
            {
                QmfTarget.Object => "OBJECT",
                QmfTarget.ObjectId => "OBJECT_ID",
                QmfTarget.Schema => "SCHEMA",
                _ => "SCHEMA_ID",
            },
        };
        if (Object is not null) map["_object_id"] = Object.Write();
        if (Schema is not null) map["_schema_id"] = Schema.Write();
        if (Where is not null) map["_where"] = Where.Expression;
        return map;
    }

    /// <summary>Returns whether an object is asked for.</summary>
    /// <exception cref="QmfException">The condition cannot be evaluated.</exception>
    public bool Selects(QmfObject item) =>
        (Object is null || (item.Id is not null && item.Id.Name == Object.Name && (Object.Agent.Length == 0 || item.Id.Agent == Object.Agent)))
        && (Schema is null || (item.Schema is not null && item.Schema.IsSame(Schema)))
        && (Where is null || Where.Holds(item.Values));
}

/// <summary>
/// A call of a method.
/// </summary>
/// <param name="Object">The object that has the method, or null for a method of the agent itself.</param>
/// <param name="Method">The name of the method.</param>
/// <param name="Arguments">The arguments, as plain values.</param>
public sealed record QmfCall(QmfObjectId? Object, string Method, IReadOnlyDictionary<string, object?> Arguments)
{
    /// <summary>Reads the body of a method request.</summary>
    /// <exception cref="QmfFormatException">The body is not a call.</exception>
    public static QmfCall Read(QmfMessage message)
    {
        var body = new QmfBody(message.Body, "body");
        return new QmfCall(
            body["_object_id"].Value is null ? null : QmfObjectId.Read(body["_object_id"]),
            body["_method_name"].Text(),
            body["_arguments"].MapOrEmpty());
    }

    /// <summary>Reads the body of a method response, and returns the results.</summary>
    /// <exception cref="QmfFormatException">The body is not a response.</exception>
    public static IReadOnlyDictionary<string, object?> ReadResponse(QmfMessage message) =>
        new QmfBody(message.Body, "body")["_arguments"].MapOrEmpty();

    /// <summary>Reads the body of an exception, and returns its text.</summary>
    public static string ReadError(QmfMessage message) =>
        message.Body is IReadOnlyDictionary<string, object?> body && body.TryGetValue("_values", out var values)
        && values is IReadOnlyDictionary<string, object?> map && map.TryGetValue("error_text", out var text) && text is string { Length: > 0 } reason
            ? reason
            : "The agent refused the request and gave no reason.";

    /// <summary>Returns the body of a method request.</summary>
    public IReadOnlyDictionary<string, object?> Write()
    {
        var map = new Dictionary<string, object?> { ["_method_name"] = Method, ["_arguments"] = Arguments };
        if (Object is not null) map["_object_id"] = Object.Write();
        return map;
    }

    /// <summary>Returns the body of a method response.</summary>
    public static IReadOnlyDictionary<string, object?> WriteResponse(IReadOnlyDictionary<string, object?> results) =>
        new Dictionary<string, object?> { ["_arguments"] = results };

    /// <summary>Returns the body of an exception.</summary>
    public static IReadOnlyDictionary<string, object?> WriteError(string text) =>
        new Dictionary<string, object?> { ["_values"] = new Dictionary<string, object?> { ["error_text"] = text } };
}
