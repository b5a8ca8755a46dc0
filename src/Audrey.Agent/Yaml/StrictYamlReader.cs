using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Audrey.Agent.Yaml;

/// <summary>
/// Reads one YAML document strictly. The reader does not guess. It rejects everything that YAML parsers disagree about: anchors, tags,
/// duplicate keys, null, and plain scalars that only some parsers read as numbers.
/// </summary>
internal sealed partial class StrictYamlReader
{
    private const int MaxDepth = 16;

    private readonly IParser _parser;

    private StrictYamlReader(IParser parser) => _parser = parser;

    /// <summary>Reads the document.</summary>
    /// <exception cref="StrictYamlException">The text is not YAML, or contains an element that is rejected.</exception>
    public static TypedMap Read(string text)
    {
        var root = ReadAny(text);
        return root as TypedMap ?? throw StrictYamlException.At(root, "the document is not a mapping");
    }

    /// <summary>Reads a document whose root can be any node.</summary>
    /// <exception cref="StrictYamlException">The text is not YAML, or contains an element that is rejected.</exception>
    public static TypedNode ReadAny(string text)
    {
        try
        {
            return new StrictYamlReader(CreateParser(text)).ReadDocument();
        }
        catch (YamlException failure)
        {
            throw NotYaml(failure);
        }
    }

    /// <summary>
    /// Reads the value of one key at the top level of a document. The rest of the document is not checked strictly. If the key occurs more
    /// than once, the last value counts, as in cloud-init. Null if there is no such key.
    /// </summary>
    /// <exception cref="StrictYamlException">The text is not YAML, or the value contains an element that is rejected.</exception>
    public static TypedNode? ReadValue(string text, string key)
    {
        try
        {
            var parser = CreateParser(text);
            var last = SkipToValue(parser, key, int.MaxValue);
            if (parser.TryConsume<DocumentEnd>(out _) && !parser.Accept<StreamEnd>(out var more))
                throw StrictYamlException.At(more?.Start.Line ?? 1, 1, "there is more than one document");
            parser = CreateParser(text);
            return last > 0 && SkipToValue(parser, key, last) == last ? new StrictYamlReader(parser).ReadNode(0) : null;
        }
        catch (YamlException failure)
        {
            throw NotYaml(failure);
        }
    }

    private static Parser CreateParser(string text) =>
        new(new PlainScanner(new Scanner(new StringReader(text), skipComments: true)));

    private static StrictYamlException NotYaml(YamlException failure) =>
        new($"line {failure.Start.Line}, column {failure.Start.Column}: the text is not YAML", failure);

    /// <summary>
    /// Moves to the value of the key. Stops before the value with the given number, or at the end of the mapping. Returns the number of
    /// values that were found.
    /// </summary>
    private static int SkipToValue(IParser parser, string key, int stopAt)
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _) || !parser.TryConsume<MappingStart>(out _)) return 0;
        var found = 0;
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var isKey = parser.Accept<Scalar>(out var scalar) && scalar.Value == key;
            parser.SkipThisAndNestedEvents();
            if (isKey && ++found == stopAt) return found;
            parser.SkipThisAndNestedEvents();
        }

        return found;
    }

    private TypedNode ReadDocument()
    {
        _parser.Consume<StreamStart>();
        _parser.Consume<DocumentStart>();
        var root = ReadNode(0);
        _parser.Consume<DocumentEnd>();
        if (!_parser.Accept<StreamEnd>(out _)) throw StrictYamlException.At(1, 1, "there is more than one document");
        return root;
    }

    private TypedNode ReadNode(int depth)
    {
        if (!_parser.Accept<NodeEvent>(out var node)) throw StrictYamlException.At(1, 1, "the document ends too early");
        var (line, column) = (node.Start.Line, node.Start.Column);
        if (depth > MaxDepth) throw StrictYamlException.At(line, column, $"the node is nested more than {MaxDepth} levels deep");
        if (PlainScanner.IsAnchored(node)) throw StrictYamlException.At(line, column, "anchors and aliases are not allowed");
        if (!node.Tag.IsEmpty) throw StrictYamlException.At(line, column, "tags are not allowed");
        return node switch
        {
            Scalar => ReadScalar(),
            SequenceStart => ReadList(depth),
            MappingStart => ReadMap(depth),
            _ => throw StrictYamlException.At(line, column, "this kind of node is not supported"),
        };
    }

    private TypedList ReadList(int depth)
    {
        var start = _parser.Consume<SequenceStart>();
        var items = new List<TypedNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(ReadNode(depth + 1));
        return new TypedList(items, start.Start.Line, start.Start.Column);
    }

    private TypedMap ReadMap(int depth)
    {
        var start = _parser.Consume<MappingStart>();
        var entries = new List<KeyValuePair<TypedScalar, TypedNode>>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (ReadNode(depth + 1) is not TypedScalar key)
                throw StrictYamlException.At(start.Start.Line, start.Start.Column, "a key is not a string");
            if (!keys.Add(key.Text)) throw StrictYamlException.At(key, $"the key {key.Text} occurs twice");
            entries.Add(new KeyValuePair<TypedScalar, TypedNode>(key, ReadNode(depth + 1)));
        }

        return new TypedMap(entries, start.Start.Line, start.Start.Column);
    }

    private TypedScalar ReadScalar()
    {
        var scalar = _parser.Consume<Scalar>();
        var (line, column) = (scalar.Start.Line, scalar.Start.Column);
        if (scalar.Style != ScalarStyle.Plain) return new TypedScalar(scalar.Value, ScalarKind.Text, line, column);
        return scalar.Value switch
        {
            "" or "~" or "null" or "Null" or "NULL" =>
                throw StrictYamlException.At(line, column, "the value is missing; quote it if it is a string"),
            "true" or "false" => new TypedScalar(scalar.Value, ScalarKind.Boolean, line, column),
            var text when Integer().IsMatch(text) => new TypedScalar(text, ScalarKind.Integer, line, column),
            var text when Number().IsMatch(text) => new TypedScalar(text, ScalarKind.Number, line, column),
            var text when AmbiguousNumber().IsMatch(text) =>
                throw StrictYamlException.At(line, column, "YAML parsers disagree about this number; quote it if it is a string"),
            var text => new TypedScalar(text, ScalarKind.Text, line, column),
        };
    }

    [GeneratedRegex(@"\A(0|-?[1-9][0-9]{0,17})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Integer();

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]{0,14})\.[0-9]{1,15}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    /// <summary>Matches leading zeros, signs, other bases, exponents, infinities, underscores, and sexagesimals without a dot.</summary>
    [GeneratedRegex(
        @"\A([-+]?[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?|[-+]?\.[0-9]+.*|0[xob][0-9a-fA-F_]+"
        + @"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)|[-+]?[0-9]+(:[0-5]?[0-9])+)\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex AmbiguousNumber();
}
