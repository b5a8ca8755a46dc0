using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Audrey.Agent.Yaml;

/// <summary>
/// Reads one YAML document strictly. What programs disagree on is refused rather than guessed: anchors, tags, duplicate keys, null,
/// and plain scalars that only some take for numbers.
/// </summary>
internal sealed partial class YamlReader
{
    private const int MaxDepth = 16;

    private readonly IParser _parser;

    private YamlReader(string text) => _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));

    /// <summary>Reads the document.</summary>
    /// <exception cref="YamlProblemException">It is not YAML, or holds what is refused.</exception>
    public static YamlMap Read(string text)
    {
        try
        {
            return new YamlReader(text).ReadDocument();
        }
        catch (YamlException failure)
        {
            throw new YamlProblemException($"line {failure.Start.Line}, column {failure.Start.Column}: it is not YAML", failure);
        }
    }

    /// <summary>A problem at a place of the document.</summary>
    public static YamlProblemException Problem(YamlNode at, string problem) => Problem(at.Line, at.Column, problem);

    private static YamlProblemException Problem(long line, long column, string problem) => new($"line {line}, column {column}: {problem}");

    private YamlMap ReadDocument()
    {
        _parser.Consume<StreamStart>();
        _parser.Consume<DocumentStart>();
        var root = ReadNode(0);
        _parser.Consume<DocumentEnd>();
        if (!_parser.Accept<StreamEnd>(out _)) throw Problem(1, 1, "it holds more than one document");
        return root as YamlMap ?? throw Problem(root, "it is not a mapping");
    }

    private YamlNode ReadNode(int depth)
    {
        if (_parser.Accept<AnchorAlias>(out var alias)) throw Problem(alias.Start.Line, alias.Start.Column, "anchors and aliases are not allowed");
        if (!_parser.Accept<NodeEvent>(out var node)) throw Problem(1, 1, "it is not complete");
        var (line, column) = (node.Start.Line, node.Start.Column);
        if (depth > MaxDepth) throw Problem(line, column, $"it is nested more than {MaxDepth} deep");
        if (!node.Anchor.IsEmpty) throw Problem(line, column, "anchors and aliases are not allowed");
        if (!node.Tag.IsEmpty) throw Problem(line, column, "tags are not allowed");
        return node switch
        {
            Scalar => ReadScalar(),
            SequenceStart => ReadList(depth),
            MappingStart => ReadMap(depth),
            _ => throw Problem(line, column, "it is not understood"),
        };
    }

    private YamlList ReadList(int depth)
    {
        var start = _parser.Consume<SequenceStart>();
        var items = new List<YamlNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(ReadNode(depth + 1));
        return new YamlList(items, start.Start.Line, start.Start.Column);
    }

    private YamlMap ReadMap(int depth)
    {
        var start = _parser.Consume<MappingStart>();
        var entries = new List<KeyValuePair<YamlScalar, YamlNode>>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (ReadNode(depth + 1) is not YamlScalar key) throw Problem(start.Start.Line, start.Start.Column, "a key is not a string");
            if (!keys.Add(key.Text)) throw Problem(key, $"the key {key.Text} comes twice");
            entries.Add(new KeyValuePair<YamlScalar, YamlNode>(key, ReadNode(depth + 1)));
        }

        return new YamlMap(entries, start.Start.Line, start.Start.Column);
    }

    private YamlScalar ReadScalar()
    {
        var scalar = _parser.Consume<Scalar>();
        var (line, column) = (scalar.Start.Line, scalar.Start.Column);
        if (scalar.Style != ScalarStyle.Plain) return new YamlScalar(scalar.Value, ScalarKind.Text, line, column);
        return scalar.Value switch
        {
            "" or "~" or "null" or "Null" or "NULL" => throw Problem(line, column, "there is no value; quote it if it is to be a string"),
            "true" or "false" => new YamlScalar(scalar.Value, ScalarKind.Boolean, line, column),
            var text when Integer().IsMatch(text) => new YamlScalar(text, ScalarKind.Integer, line, column),
            var text when Number().IsMatch(text) => new YamlScalar(text, ScalarKind.Number, line, column),
            var text when LikeANumber().IsMatch(text) =>
                throw Problem(line, column, "programs disagree on which number this is; quote it if it is to be a string"),
            var text => new YamlScalar(text, ScalarKind.Text, line, column),
        };
    }

    [GeneratedRegex(@"\A(0|-?[1-9][0-9]{0,17})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Integer();

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]{0,14})\.[0-9]{1,15}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    /// <summary>Leading zeros, signs, other bases, exponents, infinities, underscores, and sexagesimals without a dot.</summary>
    [GeneratedRegex(@"\A([-+]?[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?|[-+]?\.[0-9]+.*|0[xob][0-9a-fA-F_]+|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)|[-+]?[0-9]+(:[0-5]?[0-9])+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex LikeANumber();
}
