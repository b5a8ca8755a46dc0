using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Findings;
using Audrey.Core.Limits;
using Audrey.Core.Text;

namespace Audrey.Core.Deployables.Yaml;

/// <summary>Reads and checks strings, numbers and mappings of a tree, and reports nodes of another kind.</summary>
internal sealed class YamlFields(SourceDocument source, DocumentLimits limits)
{
    /// <summary>
    /// Returns null if a name is valid. Otherwise returns a description of the error. The description is the end of a sentence: the caller
    /// puts the subject before it.
    /// </summary>
    public delegate string? NameRule(string name, DocumentLimits limits);

    /// <summary>The prefix of keys that have no meaning of their own, as in the files of Docker Compose.</summary>
    private const string ExtensionPrefix = "x-";

    public SourceDocument Source => source;

    public DocumentLimits Limits => limits;

    public void Report(string message, SourceLocation location) => source.Findings.Add(message, location);

    /// <summary>
    /// Returns a mapping and reports keys that are not allowed. Returns null after reporting a node of another kind. A key with the prefix
    /// <c>x-</c> is left out, because it only holds content that other parts of the document repeat. A key whose value is null is left out
    /// with a warning.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="what">A description of the node, with which the sentence of a finding begins.</param>
    /// <param name="allowed">The allowed keys.</param>
    public MappingNode? Mapping(DocumentNode node, string what, string[] allowed)
    {
        if (Mapping(node, what) is not { } mapping) return null;
        var given = new List<(ScalarNode Key, DocumentNode Value)>(mapping.Entries.Count);
        foreach (var (key, value) in mapping.Entries)
        {
            if (key.Text.StartsWith(ExtensionPrefix, StringComparison.Ordinal)) continue;
            if (allowed.Contains(key.Text))
            {
                if (value is ScalarNode { IsNothing: true }) WarnOfNull(key, what);
                else given.Add((key, value));
                continue;
            }

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

        return new MappingNode(given, mapping.Location);
    }

    /// <summary>Returns a mapping with any keys. Returns null after reporting a node of another kind.</summary>
    public MappingNode? Mapping(DocumentNode node, string what)
    {
        if (node is MappingNode mapping) return mapping;
        Report($"{what} is {node.Kind}; it must be a mapping of keys to values", node.Location);
        return null;
    }

    private void WarnOfNull(ScalarNode key, string what) => source.Warnings.Add(
        $"{key.Text} of {what} has no value (null) and counts as not given; leave the key out, or write 'null' for the word", key.Location);

    /// <summary>Returns a list. Returns null after reporting a node of another kind.</summary>
    public SequenceNode? Sequence(DocumentNode node, string what)
    {
        if (node is SequenceNode sequence) return sequence;
        Report($"{what} is {node.Kind}; it must be a list", node.Location);
        return null;
    }

    /// <summary>Returns a string of at most <paramref name="max"/> bytes. Returns an empty string after reporting any other node.</summary>
    public string Text(DocumentNode node, string what, int max)
    {
        if (node is not ScalarNode { IsNothing: false } scalar)
        {
            Report($"{what} is {node.Kind}; it must be a string; an empty string is written ''", node.Location);
            return "";
        }

        if (scalar.Text.Length > max / 3 && Encoding.UTF8.GetByteCount(scalar.Text) is var bytes && bytes > max)
            Report($"{what} is {bytes} bytes long; at most {max} are allowed", node.Location);
        return scalar.Text;
    }

    /// <summary>Returns a name. Returns an empty string after reporting any other node.</summary>
    public string Name(DocumentNode node, string what, NameRule rule)
    {
        if (node is not ScalarNode { IsNothing: false } scalar)
        {
            Report($"{what} is {node.Kind}; it must be a string", node.Location);
            return "";
        }

        return CheckName(scalar, what, rule) ? scalar.Text : "";
    }

    /// <summary>Returns whether a string is a valid name. Reports an invalid name.</summary>
    public bool CheckName(ScalarNode scalar, string what, NameRule rule)
    {
        if (scalar is { IsNothing: true, Text.Length: > 0 })
        {
            Report($"{what} is {scalar.Kind}; put it in quotes if it is the name", scalar.Location);
            return false;
        }

        if (rule(scalar.Text, limits) is not { } problem) return true;
        Report($"{what} {problem}", scalar.Location);
        return false;
    }

    /// <summary>Returns the name under a key, or null.</summary>
    public string? OptionalName(MappingNode mapping, string key, string where, NameRule rule) =>
        mapping.Find(key) is { } node ? Name(node, $"{key} of {where}", rule) : null;

    /// <summary>Returns the free-text description under a key, or null.</summary>
    public string? Description(MappingNode mapping, string where) =>
        mapping.Find("description") is { } node ? Text(node, $"description of {where}", limits.MaxValueBytes) : null;

    /// <summary>Returns the distinct names in the list under a key.</summary>
    /// <param name="mapping">The mapping that has the key.</param>
    /// <param name="key">The key.</param>
    /// <param name="where">The part of the deployable that the mapping describes, for messages.</param>
    /// <param name="one">The kind of the named part with its article, such as "a package".</param>
    /// <param name="rule">The rule for names.</param>
    /// <param name="max">The maximum number of names.</param>
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

    /// <summary>
    /// Returns a whole number of at least <paramref name="min"/>. Returns null if the key is absent, or after reporting any other value.
    /// </summary>
    public int? Number(MappingNode mapping, string key, string where, int min, int max)
    {
        if (mapping.Find(key) is not { } node) return null;
        if (node is ScalarNode scalar
            && int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max) return number;
        Report($"{key} of {where} must be a whole number from {min} to {max}", node.Location);
        return null;
    }

    /// <summary>Returns a boolean. Returns false if the key is absent, or after reporting any other value.</summary>
    public bool Flag(MappingNode mapping, string key, string where) => OptionalFlag(mapping, key, where) == true;

    /// <summary>Returns a boolean. Returns null if the key is absent, or after reporting any other value.</summary>
    public bool? OptionalFlag(MappingNode mapping, string key, string where)
    {
        if (mapping.Find(key) is not { } node) return null;
        if (node is ScalarNode { Text: "true" or "false" } scalar) return scalar.Text == "true";
        Report($"{key} of {where} must be true or false", node.Location);
        return null;
    }

    /// <summary>Returns true if the number is within the limit. Otherwise reports that there are too many, and returns false.</summary>
    public bool CheckNumber(int number, int max, string what, SourceLocation location)
    {
        if (number <= max) return true;
        Report($"{what}: there are {number}; at most {max} are allowed", location);
        return false;
    }
}
