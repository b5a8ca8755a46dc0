namespace Audrey.Agent.Yaml;

/// <summary>A node of a YAML document, with the line and column it stands at.</summary>
internal abstract record YamlNode(long Line, long Column);

/// <summary>A scalar: a string, an integer, a decimal number or a boolean.</summary>
/// <param name="Text">As it is written; of a quoted one, what the quotes hold.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Line">Where it stands.</param>
/// <param name="Column">Where it stands.</param>
internal sealed record YamlScalar(string Text, ScalarKind Kind, long Line, long Column) : YamlNode(Line, Column);

internal sealed record YamlList(IReadOnlyList<YamlNode> Items, long Line, long Column) : YamlNode(Line, Column);

/// <summary>A mapping; its keys are strings and unique.</summary>
internal sealed record YamlMap(IReadOnlyList<KeyValuePair<YamlScalar, YamlNode>> Entries, long Line, long Column) : YamlNode(Line, Column)
{
    public YamlNode? this[string key] => Entries.FirstOrDefault(entry => entry.Key.Text == key).Value;
}

/// <summary>What a scalar is, by the core schema of YAML 1.2.</summary>
internal enum ScalarKind
{
    Text = 0,
    Integer,
    Number,
    Boolean,
}
