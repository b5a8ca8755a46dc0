using Audrey.Core.Findings;

namespace Audrey.Core.Deployables.Yaml;

/// <summary>A part of a YAML document and its location.</summary>
internal abstract record DocumentNode(SourceLocation Location)
{
    /// <summary>The kind of the node, for messages.</summary>
    public abstract string Kind { get; }
}

/// <summary>A scalar exactly as it was written. It is never interpreted as a number or a boolean.</summary>
/// <param name="Text">The string.</param>
/// <param name="IsPlain">Whether the string is written without quotes.</param>
/// <param name="Location">Where it begins.</param>
internal sealed record ScalarNode(string Text, bool IsPlain, SourceLocation Location) : DocumentNode(Location)
{
    public override string Kind => IsNothing ? "nothing" : "a text";

    /// <summary>Whether the node is empty, as after a key without a value.</summary>
    public bool IsNothing => IsPlain && Text.Length == 0;
}

/// <summary>A list.</summary>
internal sealed record SequenceNode(List<DocumentNode> Items, SourceLocation Location) : DocumentNode(Location)
{
    public override string Kind => "a list";
}

/// <summary>Keys and their values, in document order. Keys are unique.</summary>
internal sealed record MappingNode(List<(ScalarNode Key, DocumentNode Value)> Entries, SourceLocation Location) : DocumentNode(Location)
{
    public override string Kind => "a mapping";

    /// <summary>Returns the value of a key, or null.</summary>
    public DocumentNode? Find(string key)
    {
        foreach (var (known, value) in Entries)
            if (known.Text == key) return value;
        return null;
    }
}
