using Audrey.Core.Findings;

namespace Audrey.Core.Deployables.Yaml;

/// <summary>A part of a YAML document with its place.</summary>
internal abstract record DocumentNode(SourceLocation Location)
{
    /// <summary>What it is, for people.</summary>
    public abstract string Kind { get; }
}

/// <summary>A text, exactly as it was written: nothing is taken for a number or a boolean.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsPlain">Whether it stands without quotes.</param>
/// <param name="Location">Its place.</param>
internal sealed record ScalarNode(string Text, bool IsPlain, SourceLocation Location) : DocumentNode(Location)
{
    public override string Kind => IsNothing ? "nothing" : "a text";

    /// <summary>Whether nothing stands there, as after a key with nothing behind it.</summary>
    public bool IsNothing => IsPlain && Text.Length == 0;
}

/// <summary>A list.</summary>
internal sealed record SequenceNode(List<DocumentNode> Items, SourceLocation Location) : DocumentNode(Location)
{
    public override string Kind => "a list";
}

/// <summary>Keys with what they hold, in document order; keys are unique.</summary>
internal sealed record MappingNode(List<(ScalarNode Key, DocumentNode Value)> Entries, SourceLocation Location) : DocumentNode(Location)
{
    public override string Kind => "a mapping";

    /// <summary>What a key holds, or null.</summary>
    public DocumentNode? Find(string key)
    {
        foreach (var (known, value) in Entries)
            if (known.Text == key) return value;
        return null;
    }
}
