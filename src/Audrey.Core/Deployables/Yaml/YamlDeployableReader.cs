using System.Collections.Immutable;
using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Documents;
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
        ["image", "hardware_profile", "realm", "count", "stay", "template", "services", "returns", "provided"];
    private static readonly string[] ImageKeys = ["id", "build"];
    private static readonly string[] TemplateKeys = ["name", "packages"];
    private static readonly string[] ReturnKeys = ["name", "secret", "fact"];
    private static readonly string[] ProvidedKeys = ["secret", "fact"];

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

    /// <summary>Reads what an instance provides: <c>returns</c> is a list, and <c>provided</c> a mapping by name.</summary>
    private ImmutableArray<ReturnDocument> ReadReturns(MappingNode assembly, string where)
    {
        var returns = new List<ReturnDocument>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (assembly.Find("returns") is { } node && _fields.Sequence(node, $"returns of {where}") is { } sequence)
            foreach (var item in sequence.Items) ReadReturn(item);
        if (assembly.Find("provided") is { } provided && _fields.Mapping(provided, $"provided of {where}") is { } mapping)
            foreach (var (key, value) in mapping.Entries) ReadProvided(key, value);
        _fields.CheckNumber(
            returns.Count, _limits.MaxProvidedParameters, $"returns of {where}", (assembly.Find("returns") ?? assembly).Location);
        return [.. returns];

        void ReadReturn(DocumentNode item)
        {
            const string one = "a return";
            if (item is not MappingNode) Add(item, null, one);
            else if (_fields.Mapping(item, $"{one} of {where}", ReturnKeys) is not { } named) return;
            else if (named.Find("name") is { } given) Add(given, named, one);
            else _fields.Report($"{one} of {where} needs the key name", item.Location);
        }

        void ReadProvided(ScalarNode key, DocumentNode value)
        {
            var what = $"provided parameter {NameRules.Show(key.Text)}";
            if (value is ScalarNode { IsNothing: true }) Add(key, null, what);
            else if (_fields.Mapping(value, $"{what} of {where}", ProvidedKeys) is { } details) Add(key, details, what);
        }

        void Add(DocumentNode named, MappingNode? details, string what)
        {
            var secret = details is not null && _fields.Flag(details, "secret", $"{what} of {where}");
            var fact = details?.Find("fact") is { } node ? ReadFact(node, $"fact of {what} of {where}") : null;
            var name = _fields.Name(named, $"the name of a return of {where}", NameRules.Parameter);
            if (name.Length == 0) return;
            if (names.Add(name)) returns.Add(new ReturnDocument(name, secret, fact));
            else _fields.Report($"a second return {NameRules.Show(name)} of {where}; names must be unique", named.Location);
        }
    }

    private FactName? ReadFact(DocumentNode node, string what)
    {
        var text = _fields.Text(node, what, _limits.MaxValueBytes);
        if (text.Length == 0 && node is not ScalarNode) return null;
        var fact = FactName.Parse(text);
        if (fact.Problem(_limits) is not { } problem) return fact;
        _fields.Report($"{what} {problem}", node.Location);
        return null;
    }
}
