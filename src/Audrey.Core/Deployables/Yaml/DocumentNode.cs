using Audrey.Core.Findings;

namespace Audrey.Core.Deployables.Yaml;

/// <summary>A part of a YAML document and its location.</summary>
internal abstract record DocumentNode(SourceLocation Location)
{
    /// <summary>The kind of the node, for messages.</summary>
    public abstract string Kind { get; }
}

/// <summary>A scalar exactly as it was written. The string is never interpreted as a number or a boolean.</summary>
/// <param name="Text">The string.</param>
/// <param name="IsPlain">Whether the string is written without quotes.</param>
/// <param name="Location">The location at which the scalar begins.</param>
internal sealed record ScalarNode(string Text, bool IsPlain, SourceLocation Location) : DocumentNode(Location)
{
    public override string Kind => !IsNothing ? "a string" : Text.Length == 0 ? "nothing" : $"{Text}, which means nothing";

    /// <summary>
    /// Whether the node is YAML's null: empty, as after a key without a value, or one of the words for null without quotes. The words are
    /// those of the core schema of YAML 1.2, which include the null of JSON.
    /// </summary>
    public bool IsNothing => IsPlain && (Text is "" or "~" or "null" or "Null" or "NULL");
}

/// <summary>A list.</summary>
internal sealed record SequenceNode(List<DocumentNode> Items, SourceLocation Location) : DocumentNode(Location)
{
    public override string Kind => "a list";
}

/// <summary>A mapping of unique keys to values, in document order.</summary>
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
