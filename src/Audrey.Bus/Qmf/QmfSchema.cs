namespace Audrey.Bus.Qmf;

/// <summary>The types of properties and arguments. The names on the wire are <c>TYPE_VOID</c> and so on.</summary>
public enum QmfType
{
    /// <summary>No value.</summary>
    Void,

    /// <summary>A <see cref="bool"/>.</summary>
    Bool,

    /// <summary>A <see cref="long"/> or a <see cref="ulong"/>.</summary>
    Int,

    /// <summary>A <see cref="double"/>.</summary>
    Float,

    /// <summary>A <see cref="string"/>.</summary>
    String,

    /// <summary>A map.</summary>
    Map,

    /// <summary>A list.</summary>
    List,

    /// <summary>A <see cref="Guid"/>.</summary>
    Uuid,
}

/// <summary>
/// A property of a class, or an argument of a method.
/// </summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The type.</param>
public sealed record QmfProperty(string Name, QmfType Type)
{
    /// <summary>The access to a property: <c>RO</c>, <c>RC</c> or <c>RW</c>.</summary>
    public string Access { get; init; } = "RO";

    /// <summary>The direction of an argument: <c>I</c>, <c>O</c> or <c>IO</c>. It is empty for a property.</summary>
    public string Direction { get; init; } = "";

    /// <summary>The unit, such as <c>B</c>, or an empty string.</summary>
    public string Unit { get; init; } = "";

    /// <summary>A description for people, or an empty string.</summary>
    public string Description { get; init; } = "";

    /// <summary>Whether the property is part of the identity of an object.</summary>
    public bool IsIndex { get; init; }

    internal Dictionary<string, object?> Write()
    {
        var map = new Dictionary<string, object?> { ["_name"] = Name, ["_type"] = "TYPE_" + TypeName(Type), ["_access"] = Access };
        if (Direction.Length > 0) map["_dir"] = Direction;
        if (Unit.Length > 0) map["_unit"] = Unit;
        if (Description.Length > 0) map["_desc"] = Description;
        if (IsIndex) map["_index"] = true;
        return map;
    }

    internal static QmfProperty Read(QmfBody body) => new(body["_name"].Text(), ReadType(body["_type"]))
    {
        Access = ReadAccess(body["_access"]),
        Direction = ReadDirection(body["_dir"]),
        Unit = body["_unit"].TextOrEmpty(),
        Description = body["_desc"].TextOrEmpty(),
        IsIndex = body["_index"].Value is true,
    };

    private static string ReadAccess(QmfBody body) => body.TextOrEmpty() switch
    {
        "" => "RO",
        var code and ("RO" or "RC" or "RW") => code,
        var code => throw new QmfFormatException(body.Path, $"is '{code}'; it must be RO, RC or RW"),
    };

    private static string ReadDirection(QmfBody body) => body.TextOrEmpty() switch
    {
        var code and ("" or "I" or "O" or "IO") => code,
        var code => throw new QmfFormatException(body.Path, $"is '{code}'; it must be I, O or IO"),
    };

    private static string TypeName(QmfType type) => type switch
    {
        QmfType.Void => "VOID",
        QmfType.Bool => "BOOL",
        QmfType.Int => "INT",
        QmfType.Float => "FLOAT",
        QmfType.String => "STRING",
        QmfType.Map => "MAP",
        QmfType.List => "LIST",
        _ => "UUID",
    };

    private static QmfType ReadType(QmfBody body)
    {
        var name = body.Text();
        for (var type = QmfType.Void; type <= QmfType.Uuid; type++)
        {
            if (name == "TYPE_" + TypeName(type)) return type;
        }

        throw new QmfFormatException(body.Path, $"is '{name}', which is not a type of QMF");
    }
}

/// <summary>
/// A method of a class.
/// </summary>
/// <param name="Name">The name.</param>
/// <param name="Arguments">The arguments, with directions.</param>
public sealed record QmfMethod(string Name, IReadOnlyList<QmfProperty> Arguments)
{
    /// <summary>A description for people, or an empty string.</summary>
    public string Description { get; init; } = "";

    internal Dictionary<string, object?> Write()
    {
        var map = new Dictionary<string, object?>
        {
            ["_name"] = Name,
            ["_arguments"] = Arguments.Select(argument => argument.Write()).ToList(),
        };
        if (Description.Length > 0) map["_desc"] = Description;
        return map;
    }

    internal static QmfMethod Read(QmfBody body) =>
        new(body["_name"].Text(), QmfSchema.Each(body["_arguments"], QmfProperty.Read)) { Description = body["_desc"].TextOrEmpty() };
}

/// <summary>
/// The schema of a class of objects or of events.
/// </summary>
/// <param name="Id">The identity. <see cref="WithHash"/> computes its hash.</param>
/// <param name="Properties">The properties.</param>
/// <param name="Methods">The methods.</param>
public sealed record QmfSchema(QmfSchemaId Id, IReadOnlyList<QmfProperty> Properties, IReadOnlyList<QmfMethod> Methods)
{
    /// <summary>A description for people, or an empty string.</summary>
    public string Description { get; init; } = "";

    /// <summary>Returns the schema with a hash of its properties and methods.</summary>
    public QmfSchema WithHash()
    {
        var text = new System.Text.StringBuilder().Append(Id.Package).Append('\0').Append(Id.Class).Append('\0').Append(Id.IsEvent);
        foreach (var property in Properties) Append(text.Append('\n'), property);
        foreach (var method in Methods)
        {
            text.Append("\n\n").Append(method.Name).Append('\0').Append(method.Description);
            foreach (var argument in method.Arguments) Append(text.Append('\n'), argument);
        }

        var digest = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text.ToString()));
        return this with { Id = Id with { Hash = new Guid(digest.AsSpan(0, 16)) } };
    }

    /// <summary>Reads the schemas in the body of a query response.</summary>
    /// <exception cref="QmfFormatException">The body is not a list of schemas.</exception>
    public static IReadOnlyList<QmfSchema> ReadAll(QmfMessage message) => Each(new QmfBody(message.Body, "body"), Read);

    /// <summary>Reads the identities of schemas in the body of a query response.</summary>
    /// <exception cref="QmfFormatException">The body is not a list of identities.</exception>
    public static IReadOnlyList<QmfSchemaId> ReadIds(QmfMessage message) => Each(new QmfBody(message.Body, "body"), QmfSchemaId.Read);

    /// <summary>Returns the map of the schema.</summary>
    public IReadOnlyDictionary<string, object?> Write()
    {
        var map = new Dictionary<string, object?>
        {
            ["_schema_id"] = Id.Write(),
            ["_properties"] = Properties.Select(property => property.Write()).ToList(),
            ["_methods"] = Methods.Select(method => method.Write()).ToList(),
        };
        if (Description.Length > 0) map["_desc"] = Description;
        return map;
    }

    internal static List<T> Each<T>(QmfBody body, Func<QmfBody, T> read)
    {
        var items = new List<T>();
        if (body.Value is null) return items;
        foreach (var item in body.Items()) items.Add(read(item));
        return items;
    }

    private static QmfSchema Read(QmfBody body) =>
        new(QmfSchemaId.Read(body["_schema_id"]), Each(body["_properties"], QmfProperty.Read), Each(body["_methods"], QmfMethod.Read))
        {
            Description = body["_desc"].TextOrEmpty(),
        };

    private static void Append(System.Text.StringBuilder text, QmfProperty property) =>
        text.Append(property.Name).Append('\0').Append((int)property.Type).Append('\0').Append(property.Access).Append('\0')
            .Append(property.Direction).Append('\0').Append(property.Unit).Append('\0').Append(property.Description).Append('\0')
            .Append(property.IsIndex);
}
