using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Findings;
using Audrey.Core.Limits;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Audrey.Core.Deployables.Yaml;

/// <summary>
/// Builds a tree from a YAML document. The depth and the size of the tree are limited. Every use of an alias counts with the full size of
/// the aliased node. So a small document cannot expand into a huge tree.
/// </summary>
internal sealed class YamlTree
{
    /// <summary>Maximum depth of nesting. A deployable needs a third of this depth.</summary>
    private const int MaxDepth = 32;

    /// <summary>
    /// Maximum number of scalars, lists and mappings. A deployable can have 100,000 instances, and 40 nodes are enough for each instance.
    /// </summary>
    private const int MaxNodes = 4_000_000;

    /// <summary>Up to this number of keys, each key is compared with all others. Most mappings have no more keys.</summary>
    private const int Few = 16;

    /// <summary>The key that merges the entries of another mapping into a mapping.</summary>
    private const string MergeKey = "<<";

    private readonly Scanner _scanner;
    private readonly Parser _parser;
    private readonly SourceDocument _source;
    private readonly Dictionary<string, (DocumentNode Node, int Size)> _anchors = new(StringComparer.Ordinal);
    private int _nodes;

    private YamlTree(string text, SourceDocument source)
    {
        _scanner = new Scanner(new StringReader(text), skipComments: true);
        _parser = new Parser(_scanner);
        _source = source;
    }

    /// <summary>
    /// Returns the root of the document. Returns null after reporting the reason why the document cannot be read to its end.
    /// </summary>
    public static DocumentNode? Read(string text, SourceDocument source)
    {
        try
        {
            return new YamlTree(text, source).ReadStream();
        }
        catch (YamlException error)
        {
            source.Incomplete = true;
            source.Findings.Add(MalformedYaml.Describe(error), MalformedYaml.TabOf(error, text) ?? LocationOf(error.Start));
        }
        catch (YamlRefusedException refused)
        {
            source.Incomplete = true;
            source.Findings.Add(refused.Message, refused.Location);
        }

        return null;
    }

    private DocumentNode ReadStream()
    {
        Move();
        Move();
        if (_parser.Current is not DocumentStart) throw Refused("the file contains only comments; give a deployable", _parser.Current);
        Move();
        var root = ReadNode(1);
        Move();
        if (_parser.Current is DocumentStart) throw Refused("a second document in the same file; only one is allowed", _parser.Current);
        return root;
    }

    /// <summary>Reads the node at the parser's position and moves past it.</summary>
    private DocumentNode ReadNode(int depth)
    {
        var at = _parser.Current!;
        if (depth > MaxDepth)
            throw Refused($"lists and mappings are nested more than {MaxDepth} deep; a deployable needs no more than 10 levels", at);
        Count(1, at);
        if (at is AnchorAlias alias) return ReadAlias(alias);
        if (at is not NodeEvent started) throw Refused("something that is neither a string nor a list nor a mapping", at);
        if (!started.Tag.IsEmpty)
            _source.Findings.Add(
                "a tag such as !!int is not allowed; write only the text, and give the type of a parameter with the key type",
                LocationOf(at.Start));

        var before = _nodes;
        DocumentNode node = at switch
        {
            Scalar scalar => ReadScalar(scalar),
            SequenceStart => ReadSequence(depth),
            _ => ReadMapping(depth),
        };
        if (!started.Anchor.IsEmpty) _anchors[started.Anchor.Value] = (node, _nodes - before + 1);
        return node;
    }

    private ScalarNode ReadScalar(Scalar scalar)
    {
        Move();
        return new ScalarNode(scalar.Value, scalar.Style == ScalarStyle.Plain, LocationOf(scalar.Start));
    }

    private DocumentNode ReadAlias(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var anchored))
            throw Refused(
                $"alias *{NameRules.Show(alias.Value.Value)} has no anchor before it; write &{NameRules.Show(alias.Value.Value)} "
                + "in front of its content",
                alias);
        Count(anchored.Size, alias);
        Move();
        return anchored.Node;
    }

    private SequenceNode ReadSequence(int depth)
    {
        var location = LocationOf(_parser.Current!.Start);
        var items = new List<DocumentNode>();
        Move();
        while (_parser.Current is not SequenceEnd) items.Add(ReadNode(depth + 1));
        Move();
        return new SequenceNode(items, location);
    }

    private MappingNode ReadMapping(int depth)
    {
        var location = LocationOf(_parser.Current!.Start);
        var entries = new List<(ScalarNode Key, DocumentNode Value)>();
        Dictionary<string, ScalarNode>? keys = null;
        var merged = new List<DocumentNode>();
        Move();
        while (_parser.Current is not MappingEnd)
        {
            var key = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            if (key is not ScalarNode name)
            {
                _source.Findings.Add($"a key is {key.Kind}; it must be a string", key.Location);
                continue;
            }

            if (name is { Text: MergeKey, IsPlain: true })
            {
                merged.Add(value);
                continue;
            }

            if (keys is null && entries.Count == Few)
                keys = entries.ToDictionary(entry => entry.Key.Text, entry => entry.Key, StringComparer.Ordinal);
            var first = keys is null ? FirstOf(entries, name.Text) : keys.GetValueOrDefault(name.Text);
            if (first is null)
            {
                entries.Add((name, value));
                keys?.Add(name.Text, name);
            }
            else
            {
                _source.Findings.Add(
                    $"a second key {NameRules.Show(name.Text)} (the first is on line {first.Location.Line}); keys must be unique",
                    name.Location);
            }
        }

        Move();
        if (merged.Count > 0) Merge(merged, entries);
        return new MappingNode(entries, location);
    }

    /// <summary>
    /// Adds the entries of the mappings, or of the lists of mappings, that merge keys have. A key that is already there keeps its value, so
    /// the mapping's own keys take precedence, and then earlier mappings.
    /// </summary>
    private void Merge(List<DocumentNode> merged, List<(ScalarNode Key, DocumentNode Value)> entries)
    {
        var known = entries.Select(entry => entry.Key.Text).ToHashSet(StringComparer.Ordinal);
        foreach (var each in merged.SelectMany(node => node is SequenceNode sequence ? sequence.Items : [node]))
        {
            if (each is MappingNode mapping) entries.AddRange(mapping.Entries.Where(entry => known.Add(entry.Key.Text)));
            else
                _source.Findings.Add(
                    $"the merge key << has {each.Kind}; it must have a mapping or a list of mappings, such as <<: *defaults",
                    each.Location);
        }
    }

    private static ScalarNode? FirstOf(List<(ScalarNode Key, DocumentNode Value)> entries, string key)
    {
        foreach (var (known, _) in entries)
            if (known.Text == key) return known;
        return null;
    }

    private void Move()
    {
        try
        {
            _parser.MoveNext();
        }
        catch (Exception error) when (error is not (YamlException or OutOfMemoryException))
        {
            // The parser itself failed. The parser does not recognise some errors, such as a plain scalar that is only a colon in brackets.
            throw new YamlRefusedException(
                "not well-formed YAML; put strings with special characters in quotes", LocationOf(_scanner.CurrentPosition));
        }
    }

    private void Count(int nodes, ParsingEvent at)
    {
        if (_nodes > MaxNodes - nodes)
            throw Refused(
                $"the document is too large: more than {MaxNodes} strings, lists and mappings, including those that aliases repeat", at);
        _nodes += nodes;
    }

    private static YamlRefusedException Refused(string message, ParsingEvent? at) =>
        new(message, at is null ? new SourceLocation(1, 1) : LocationOf(at.Start));

    private static SourceLocation LocationOf(Mark mark) => new((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));
}
