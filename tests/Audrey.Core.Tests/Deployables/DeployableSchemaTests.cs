using System.Text;
using System.Text.Json.Nodes;
using Audrey.Core.Deployables;
using Audrey.Core.Deployables.Files;
using Audrey.Core.Deployables.Yaml;
using Audrey.Core.Limits;
using CsCheck;
using Json.Schema;

namespace Audrey.Core.Tests.Deployables;

/// <summary>
/// The schema agrees with the reader. The schema accepts every document that the reader accepts. It refuses every document whose structure
/// is wrong: that has unknown keys, lacks keys, or has a node of the wrong kind.
/// </summary>
public sealed class DeployableSchemaTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Deployables", "testdata");

    private static readonly JsonSchema Schema = JsonSchema.FromText(Encoding.UTF8.GetString(DeployableSchema.Utf8.Span));

    /// <summary>Parts of the findings about structure. All others are about names, limits, and how the parts fit together.</summary>
    private static readonly string[] OfStructure =
    [
        " has no key ", "needs the key ", "needs exactly one of the keys ", "it must be a mapping", "it must be a list",
        "it must be a string", "must be true or false", "is only allowed in a reference", "must be 1", "has no assembly; give at least one",
        "; it must be one of text, integer, boolean, list", "cannot be combined with first", "leave type out or write type: list",
        "has no value; write ''", "needs either the key url alone", "but its type is ", "; to ask for nothing, ",
    ];

    public static TheoryData<string> Documents =>
    [
        .. Directory.GetFiles(Path.Combine(Folder, "yaml"), "*.yaml")
            .Concat(Directory.GetFiles(Path.Combine(Folder, "sets"), "*.yaml", SearchOption.AllDirectories))
            .Concat(Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "docs", "examples"), "*.yaml"))
            .Select(file => Path.GetRelativePath(AppContext.BaseDirectory, file))
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_document_and_everything_that_is_made_from_it_by_one_change_is_judged_alike(string name)
    {
        var document = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, name));
        if (YamlJson.Of(document) is not { } json) return;

        Assert.Empty(Disagreement(document, json));
        Assert.Empty(Changes(json).SelectMany(changed => Disagreement(Encoding.UTF8.GetBytes(changed.ToJsonString()), changed)).Take(3));
    }

    [Fact]
    public void The_schema_accepts_every_deployable_that_can_be_written() => AnyDeployable.OfYaml.Sample(
        document =>
        {
            var written = DeployableYaml.Write(document);
            Assert.Empty(Disagreement(written, YamlJson.Of(written)!));
        },
        iter: 200);

    [Fact]
    public void A_written_document_names_its_schema_in_its_first_line()
    {
        var document = DeployableFiles.Read(
            [new DocumentFile("farm.yaml", File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "docs", "examples", "farm.yaml")))],
            new DocumentLimits()).Document!;

        Assert.Equal(
            "# yaml-language-server: $schema=http://127.0.0.1:4567/schemas/deployable-1.json", FirstLine(DeployableYaml.Write(document)));
        Assert.Equal(
            "# yaml-language-server: $schema=https://config.example.com/audrey/schemas/deployable-1.json",
            FirstLine(DeployableYaml.Write(document, DeployableSchema.AddressOn(new Uri("https://config.example.com/audrey/?x=1")))));
        Assert.Throws<ArgumentException>(() => DeployableYaml.Write(document, "a\nname: b"));
        Assert.Throws<ArgumentException>(() => DeployableYaml.Write(document, ""));

        static string FirstLine(byte[] written) => Encoding.UTF8.GetString(written).Split('\n')[0];
    }

    /// <summary>Returns how the schema and the reader disagree about a document.</summary>
    private static IEnumerable<string> Disagreement(byte[] document, JsonNode json)
    {
        var result = DeployableFiles.Read([new DocumentFile("document", document)], new DocumentLimits());
        var isAccepted = Schema.Evaluate(json).IsValid;
        if (result.IsValid && !isAccepted) yield return $"The schema refuses what the reader accepts: {json.ToJsonString()}";
        var structure = result.Findings.Select(finding => finding.Message)
            .FirstOrDefault(message => OfStructure.Any(part => message.Contains(part, StringComparison.Ordinal)));
        if (isAccepted && structure is not null) yield return $"The schema accepts, but {structure}: {json.ToJsonString()}";
    }

    /// <summary>Returns the documents that one change makes: at each node, a key more or less, or another kind of node.</summary>
    private static IEnumerable<JsonNode> Changes(JsonNode document)
    {
        foreach (var path in PathsOf(document, []).ToArray())
        {
            foreach (var other in new JsonNode?[] { null, "text", 7, true, new JsonArray("item"), new JsonObject { ["strange"] = 1 } })
                yield return Changed(document, path, (parent, key) => Set(parent, key, other?.DeepClone()));
            yield return Changed(document, path, (parent, key) =>
            {
                if (parent is JsonObject mapping) mapping.Remove((string)key);
                else ((JsonArray)parent).RemoveAt((int)key);
            });
            yield return Changed(document, path, (parent, key) =>
            {
                if (Get(parent, key) is JsonObject mapping) mapping["strange"] = "text";
            });
        }
    }

    private static IEnumerable<object[]> PathsOf(JsonNode? node, object[] path)
    {
        var children = node switch
        {
            JsonObject mapping => mapping.Select(entry => ((object)entry.Key, entry.Value)),
            JsonArray sequence => sequence.Select((item, i) => ((object)i, item)),
            _ => [],
        };
        foreach (var (key, child) in children)
        {
            object[] longer = [.. path, key];
            yield return longer;
            foreach (var below in PathsOf(child, longer)) yield return below;
        }
    }

    private static JsonNode Changed(JsonNode document, object[] path, Action<JsonNode, object> change)
    {
        var copy = document.DeepClone();
        change(path[..^1].Aggregate(copy, (node, key) => Get(node, key)!), path[^1]);
        return copy;
    }

    private static JsonNode? Get(JsonNode parent, object key) => key is int index ? parent[index] : parent[(string)key];

    private static void Set(JsonNode parent, object key, JsonNode? value)
    {
        if (key is int index) parent[index] = value;
        else parent[(string)key] = value;
    }
}
