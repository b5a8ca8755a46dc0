using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Findings;
using Audrey.Core.Limits;
using Audrey.Core.Text;

namespace Audrey.Core.Deployables.Yaml;

/// <summary>Takes checked texts, numbers and mappings out of a tree, and reports what is something else.</summary>
internal sealed class YamlFields(SourceDocument source, DocumentLimits limits)
{
    /// <summary>What is wrong with a name, as the rest of a sentence that begins with what is named, or null.</summary>
    public delegate string? NameRule(string name, DocumentLimits limits);

    public SourceDocument Source => source;

    public DocumentLimits Limits => limits;

    public void Report(string message, SourceLocation location) => source.Findings.Add(message, location);

    /// <summary>A mapping of these keys only; null when it is something else, which is reported.</summary>
    /// <param name="node">The node.</param>
    /// <param name="what">What it is, as the beginning of a sentence.</param>
    /// <param name="allowed">The keys that it may have.</param>
    public MappingNode? Mapping(DocumentNode node, string what, string[] allowed)
    {
        if (Mapping(node, what) is not { } mapping) return null;
        foreach (var (key, _) in mapping.Entries)
        {
            if (allowed.Contains(key.Text)) continue;
            if (source.Findings.Full)
            {
                source.Findings.Count();
                continue;
            }

            var remedy = NearestName.Find(key.Text, allowed) is { } nearest
                ? $"did you mean {nearest}?"
                : $"it may have {string.Join(", ", allowed)}";
            Report($"{what} has no key {NameRules.Show(key.Text)}; {remedy}", key.Location);
        }

        return mapping;
    }

    /// <summary>A mapping of any keys; null when it is something else, which is reported.</summary>
    public MappingNode? Mapping(DocumentNode node, string what)
    {
        if (node is MappingNode mapping) return mapping;
        Report($"{what} is {node.Kind}; it must be a mapping, of keys with what they hold", node.Location);
        return null;
    }

    /// <summary>A list; null when it is something else, which is reported.</summary>
    public SequenceNode? Sequence(DocumentNode node, string what)
    {
        if (node is SequenceNode sequence) return sequence;
        Report($"{what} is {node.Kind}; it must be a list", node.Location);
        return null;
    }

    /// <summary>A text of at most so many bytes; empty when it is something else, which is reported.</summary>
    public string Text(DocumentNode node, string what, int max)
    {
        if (node is not ScalarNode { IsNothing: false } scalar)
        {
            Report($"{what} is {node.Kind}; it must be a text, the empty one is written ''", node.Location);
            return "";
        }

        if (scalar.Text.Length > max / 3 && Encoding.UTF8.GetByteCount(scalar.Text) is var bytes && bytes > max)
            Report($"{what} is {bytes} bytes long; at most {max} are allowed", node.Location);
        return scalar.Text;
    }

    /// <summary>A name; empty when it is none, which is reported.</summary>
    public string Name(DocumentNode node, string what, NameRule rule)
    {
        if (node is not ScalarNode { IsNothing: false } scalar)
        {
            Report($"{what} is {node.Kind}; it must be a text", node.Location);
            return "";
        }

        return CheckName(scalar, what, rule) ? scalar.Text : "";
    }

    /// <summary>Whether a text may be a name; if not it is reported.</summary>
    public bool CheckName(ScalarNode scalar, string what, NameRule rule)
    {
        if (rule(scalar.Text, limits) is not { } problem) return true;
        Report($"{what} {problem}", scalar.Location);
        return false;
    }

    /// <summary>A name that a key gives, or null.</summary>
    public string? OptionalName(MappingNode mapping, string key, string where, NameRule rule) =>
        mapping.Find(key) is { } node ? Name(node, $"{key} of {where}", rule) : null;

    /// <summary>A free text that a key gives, or null.</summary>
    public string? Description(MappingNode mapping, string where) =>
        mapping.Find("description") is { } node ? Text(node, $"description of {where}", limits.MaxValueBytes) : null;

    /// <summary>The different names in a list that a key gives.</summary>
    /// <param name="mapping">Where the key is.</param>
    /// <param name="key">The key.</param>
    /// <param name="where">Whose key it is.</param>
    /// <param name="one">What is named, with its article.</param>
    /// <param name="rule">What a name must be.</param>
    /// <param name="max">How many there may be.</param>
    public ImmutableArray<string> Names(MappingNode mapping, string key, string where, string one, NameRule rule, int max)
    {
        if (mapping.Find(key) is not { } node || Sequence(node, $"{key} of {where}") is not { } sequence) return [];
        CheckNumber(sequence.Items.Count, max, $"{key} of {where}", node.Location);
        var names = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in sequence.Items)
        {
            var name = Name(item, $"the name of {one} of {where}", rule);
            if (name.Length > 0 && seen.Add(name)) names.Add(name);
        }

        return [.. names];
    }

    /// <summary>A whole number from 1; null when there is none or it is another one, which is reported.</summary>
    public int? Number(MappingNode mapping, string key, string where, int max)
    {
        if (mapping.Find(key) is not { } node) return null;
        if (node is ScalarNode scalar
            && int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= 1 && number <= max) return number;
        Report($"{key} of {where} must be a whole number from 1 to {max}", node.Location);
        return null;
    }

    /// <summary>A yes or no; false when there is none or it is something else, which is reported.</summary>
    public bool Flag(MappingNode mapping, string key, string where)
    {
        if (mapping.Find(key) is not { } node) return false;
        if (node is ScalarNode { Text: "true" or "false" } scalar) return scalar.Text == "true";
        Report($"{key} of {where} must be true or false", node.Location);
        return false;
    }

    /// <summary>Reports that there are too many of something.</summary>
    public bool CheckNumber(int number, int max, string what, SourceLocation location)
    {
        if (number <= max) return true;
        Report($"{what}: there are {number}; at most {max} are allowed", location);
        return false;
    }
}
