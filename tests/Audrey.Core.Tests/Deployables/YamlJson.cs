using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Audrey.Core.Deployables;
using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Deployables.Yaml;

namespace Audrey.Core.Tests.Deployables;

/// <summary>Converts YAML documents to JSON as editors do: scalars without quotes have the types of the core schema of YAML 1.2.</summary>
internal static partial class YamlJson
{
    /// <summary>Returns the document as JSON, or null if it is not one well-formed document with unique keys and without tags.</summary>
    public static JsonNode? Of(byte[] document)
    {
        var source = new SourceDocument(new DocumentFile("document", document));
        var tree = YamlTree.Read(System.Text.Encoding.UTF8.GetString(document), source);
        return tree is null || source.Findings.Any ? null : Of(tree);
    }

    private static JsonNode? Of(DocumentNode node) => node switch
    {
        ScalarNode scalar => Of(scalar),
        SequenceNode sequence => new JsonArray([.. sequence.Items.Select(Of)]),
        MappingNode mapping => new JsonObject(mapping.Entries.Select(entry => KeyValuePair.Create(entry.Key.Text, Of(entry.Value)))),
        _ => throw new InvalidOperationException("The node is of an unknown kind."),
    };

    private static JsonNode? Of(ScalarNode scalar) => scalar switch
    {
        { IsNothing: true } => null,
        { IsPlain: false } => JsonValue.Create(scalar.Text),
        { Text: "true" or "True" or "TRUE" } => JsonValue.Create(true),
        { Text: "false" or "False" or "FALSE" } => JsonValue.Create(false),
        _ when Number().IsMatch(scalar.Text)
            && double.TryParse(scalar.Text, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) => JsonValue.Create(number),
        _ => JsonValue.Create(scalar.Text),
    };

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex Number();
}
