using System.Collections.Immutable;
using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Findings;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Text;

namespace Audrey.Core.Deployables.Yaml;

/// <summary>Reads a deployable in YAML. <see cref="YamlServices"/> reads its services.</summary>
internal sealed class YamlDeployableReader
{
    /// <summary>The version of the format that this class reads and the writer writes.</summary>
    public const string Version = "1";

    private static readonly string[] DeployableKeys = ["audrey", "name", "id", "description", "deadline", "stay", "assemblies"];
    private static readonly string[] AssemblyKeys =
        ["image", "hardware_profile", "realm", "count", "stay", "template", "services", "returns"];
    private static readonly string[] ImageKeys = ["id", "build"];
    private static readonly string[] TemplateKeys = ["name", "packages"];
    private static readonly string[] ReturnKeys = ["name", "secret"];

    private readonly YamlFields _fields;
    private readonly SourceDocument _source;
    private readonly DocumentLimits _limits;

    private YamlDeployableReader(SourceDocument source, DocumentLimits limits)
    {
        _source = source;
        _limits = limits;
        _fields = new YamlFields(source, limits);
    }

    /// <summary>Reads a document. Returns null after reporting that the document is of another kind or cannot be read to its end.</summary>
    public static DeployableDraft? Read(SourceDocument source, DocumentLimits limits)
    {
        if (TextOf(source) is not { } text || YamlTree.Read(text, source) is not { } root) return null;
        if (root is MappingNode mapping && mapping.Find("audrey") is { } version)
            return new YamlDeployableReader(source, limits).ReadDeployable(mapping, version);
        source.Findings.Add(
            "the document is of an unknown kind; YAML documents begin with audrey: 1, XML documents with <deployable>, <assembly> or "
            + "<template>", new SourceLocation(1, 1));
        return null;
    }

    private static string? TextOf(SourceDocument source)
    {
        if (Utf8Text.Decode(source.Bytes.Span, out var text) is not { } wrong) return text;
        source.Incomplete = true;
        source.Findings.Add("the file is neither XML nor text in UTF-8; save it as UTF-8", wrong);
        return null;
    }

    private DeployableDraft? ReadDeployable(MappingNode root, DocumentNode version)
    {
        if (version is not ScalarNode { Text: Version })
        {
            _fields.Report($"the value of audrey is the version of the format and must be {Version}", version.Location);
            return null;
        }

        root = _fields.Mapping(root, "the deployable", DeployableKeys)!;
        var name = _fields.OptionalName(root, "name", "the deployable", NameRules.Title);
        if (name is null) _fields.Report("the deployable needs the key name", root.Location);
        if (root.Find("assemblies") is null) _fields.Report("the deployable needs the key assemblies", root.Location);
        return new DeployableDraft
        {
            Head = new DeployableDocument
            {
                Name = name ?? "",
                Id = ReadId(root),
                Description = _fields.Description(root, "the deployable"),
                Deadline = ReadDeadline(root),
                Stay = _fields.OptionalFlag(root, "stay", "the deployable"),
            },
            Assemblies = root.Find("assemblies") is { } assemblies ? ReadAssemblies(assemblies) : [],
        };
    }

    private string? ReadId(MappingNode root)
    {
        if (root.Find("id") is not { } node) return null;
        if (node is ScalarNode scalar && DeployableId.TryParse(scalar.Text, out _, out var problem)) return scalar.Text;
        _fields.Report(
            $"id of the deployable: "
            + $"{(node is ScalarNode text && !DeployableId.TryParse(text.Text, out _, out problem) ? problem : "it must be a string")}",
            node.Location);
        return null;
    }

    private TimeSpan? ReadDeadline(MappingNode root)
    {
        if (root.Find("deadline") is not { } node) return null;
        if (node is ScalarNode scalar && Durations.TryParse(scalar.Text, out var deadline)) return deadline;
        _fields.Report(
            $"deadline of the deployable must be a duration such as 90s, 30m, 1h30m or 2d, at most {Deadlines.Max.Days}d", node.Location);
        return null;
    }

    private List<AssemblyDraft> ReadAssemblies(DocumentNode node)
    {
        var assemblies = new List<AssemblyDraft>();
        if (_fields.Mapping(node, "assemblies of the deployable") is not { } mapping) return assemblies;
        if (mapping.Entries.Count == 0) _fields.Report("the deployable has no assembly; give at least one", node.Location);
        foreach (var (key, value) in mapping.Entries)
        {
            _fields.CheckName(key, "the name of an assembly", NameRules.Title);
            assemblies.Add(ReadAssembly(key, value));
        }

        return assemblies;
    }

    private AssemblyDraft ReadAssembly(ScalarNode key, DocumentNode node)
    {
        var document = new AssemblyDocument { Name = key.Text };
        var services = new YamlServices(_fields, key.Text);
        var where = $"assembly {NameRules.Show(key.Text)}";
        if (node is not ScalarNode { IsNothing: true } && _fields.Mapping(node, where, AssemblyKeys) is { } mapping)
        {
            document = document with
            {
                Image = ReadImage(mapping, where),
                HardwareProfile = _fields.OptionalName(mapping, "hardware_profile", where, NameRules.Title),
                Realm = _fields.OptionalName(mapping, "realm", where, NameRules.Title),
                Count = _fields.Number(mapping, "count", where, 0, _limits.MaxInstances),
                Stay = _fields.OptionalFlag(mapping, "stay", where),
                Template = ReadTemplate(mapping, where),
                Services = services.Read(mapping.Find("services"), where),
                Returns = ReadReturns(mapping, where),
            };
        }

        return new AssemblyDraft { Document = document, Location = _source.At(key.Location), References = services.References };
    }

    private ImageDocument? ReadImage(MappingNode assembly, string where)
    {
        if (assembly.Find("image") is not { } node) return null;
        if (node is ScalarNode) return new ImageDocument(_fields.Name(node, $"image of {where}", NameRules.Title), null);
        where = $"image of {where}";
        if (_fields.Mapping(node, where, ImageKeys) is not { } image) return null;
        if (image.Find("id") is null) _fields.Report($"{where} needs the key id", node.Location);
        return new ImageDocument(
            _fields.OptionalName(image, "id", where, NameRules.Title) ?? "",
            _fields.OptionalName(image, "build", where, NameRules.Title));
    }

    private TemplateDocument? ReadTemplate(MappingNode assembly, string where)
    {
        if (assembly.Find("template") is not { } node) return null;
        if (node is ScalarNode) return new TemplateDocument { Name = _fields.Name(node, $"template of {where}", NameRules.Title) };
        where = $"template of {where}";
        if (_fields.Mapping(node, where, TemplateKeys) is not { } template) return null;
        if (template.Find("name") is null) _fields.Report($"{where} needs the key name", node.Location);
        return new TemplateDocument
        {
            Name = _fields.OptionalName(template, "name", where, NameRules.Title) ?? "",
            Packages = _fields.Names(template, "packages", where, "a package", NameRules.Title, int.MaxValue),
        };
    }

    private ImmutableArray<ReturnDocument> ReadReturns(MappingNode assembly, string where)
    {
        if (assembly.Find("returns") is not { } node || _fields.Sequence(node, $"returns of {where}") is not { } sequence) return [];
        _fields.CheckNumber(sequence.Items.Count, _limits.MaxProvidedParameters, $"returns of {where}", node.Location);
        var returns = new List<ReturnDocument>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in sequence.Items)
        {
            var secret = false;
            var named = item;
            if (item is MappingNode)
            {
                var mapping = _fields.Mapping(item, $"a return of {where}", ReturnKeys)!;
                secret = _fields.Flag(mapping, "secret", $"a return of {where}");
                if (mapping.Find("name") is { } given) named = given;
                else _fields.Report($"a return of {where} needs the key name", item.Location);
                if (named == item) continue;
            }

            var name = _fields.Name(named, $"the name of a return of {where}", NameRules.Parameter);
            if (name.Length == 0) continue;
            if (names.Add(name)) returns.Add(new ReturnDocument(name, secret));
            else _fields.Report($"a second return {NameRules.Show(name)} of {where}; names must be unique", named.Location);
        }

        return [.. returns];
    }
}
