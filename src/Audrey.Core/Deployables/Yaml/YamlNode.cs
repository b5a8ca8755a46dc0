using Audrey.Core.Documents;

namespace Audrey.Core.Deployables.Yaml;

/// <summary>A part of a YAML document with its place.</summary>
internal abstract record YamlNode(Place Place)
{
    /// <summary>What it is, for people.</summary>
    public abstract string Kind { get; }
}

/// <summary>A text, exactly as it was written: nothing is taken for a number or a boolean.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsPlain">Whether it stands without quotes.</param>
/// <param name="Place">Its place.</param>
internal sealed record YamlScalar(string Text, bool IsPlain, Place Place) : YamlNode(Place)
{
    public override string Kind => IsNothing ? "nothing" : "a text";

    /// <summary>Whether nothing stands there, as after a key with nothing behind it.</summary>
    public bool IsNothing => IsPlain && Text.Length == 0;
}

/// <summary>A list.</summary>
internal sealed record YamlSequence(List<YamlNode> Items, Place Place) : YamlNode(Place)
{
    public override string Kind => "a list";
}

/// <summary>Keys with what they hold, in document order; keys are unique.</summary>
internal sealed record YamlMapping(List<(YamlScalar Key, YamlNode Value)> Entries, Place Place) : YamlNode(Place)
{
    public override string Kind => "a mapping";

    /// <summary>What a key holds, or null.</summary>
    public YamlNode? Find(string key)
    {
        foreach (var (known, value) in Entries)
            if (known.Text == key) return value;
        return null;
    }
}
