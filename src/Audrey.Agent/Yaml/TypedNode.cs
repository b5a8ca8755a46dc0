namespace Audrey.Agent.Yaml;

/// <summary>A node of a YAML document, with its line and column. Scalars have the type that they were written with.</summary>
internal abstract record TypedNode(long Line, long Column);

/// <summary>A scalar: a string, an integer, a decimal number or a boolean.</summary>
/// <param name="Text">The text as it is written, without quotes.</param>
/// <param name="Kind">The type.</param>
/// <param name="Line">The line in the document.</param>
/// <param name="Column">The column in the document.</param>
internal sealed record TypedScalar(string Text, ScalarKind Kind, long Line, long Column) : TypedNode(Line, Column);

internal sealed record TypedList(IReadOnlyList<TypedNode> Items, long Line, long Column) : TypedNode(Line, Column);

/// <summary>A mapping with unique keys, which are strings.</summary>
internal sealed record TypedMap(IReadOnlyList<KeyValuePair<TypedScalar, TypedNode>> Entries, long Line, long Column)
    : TypedNode(Line, Column)
{
    public TypedNode? this[string key] => Entries.FirstOrDefault(entry => entry.Key.Text == key).Value;

    /// <summary>Checks that the mapping has no other keys.</summary>
    /// <exception cref="StrictYamlException">The mapping has another key.</exception>
    public void RequireKeys(string name, params string[] keys)
    {
        foreach (var (key, _) in Entries)
            if (!keys.Contains(key.Text))
                throw StrictYamlException.At(key, $"{name} has no such key; its keys are {string.Join(", ", keys)}");
    }

    /// <summary>Returns the value of the key.</summary>
    /// <exception cref="StrictYamlException">There is no such key.</exception>
    public TypedNode Require(string key) => this[key] ?? throw StrictYamlException.At(this, $"{key} is missing");

    /// <summary>Returns the string under the key, which must not be empty.</summary>
    /// <exception cref="StrictYamlException">There is no such key, or its value is not a string.</exception>
    public string RequireText(string key) => Require(key) is TypedScalar { Kind: ScalarKind.Text, Text.Length: > 0 } text
        ? text.Text
        : throw StrictYamlException.At(this[key]!, $"{key} must be a string; quote it");

    /// <summary>Returns the node as a mapping.</summary>
    /// <exception cref="StrictYamlException">The node is not a mapping.</exception>
    public static TypedMap From(TypedNode node, string name) =>
        node as TypedMap ?? throw StrictYamlException.At(node, $"{name} is not a mapping");
}

/// <summary>The types of scalars in the core schema of YAML 1.2.</summary>
internal enum ScalarKind
{
    Text = 0,
    Integer,
    Number,
    Boolean,
}
