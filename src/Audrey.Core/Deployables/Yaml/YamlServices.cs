using System.Collections.Immutable;
using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Documents;
using Audrey.Core.Limits;

namespace Audrey.Core.Deployables.Yaml;

/// <summary>Reads the services of one assembly. <see cref="YamlParameters"/> reads their parameters.</summary>
internal sealed class YamlServices
{
    private static readonly string[] ServiceKeys = ["description", "script", "puppet", "parameters"];
    private static readonly string[] ScriptKeys = ["url", "run", "files"];
    private static readonly string[] PuppetKeys = ["classes"];
    private static readonly string[] FileKeys = ["url", "name", "contents"];

    private readonly YamlFields _fields;
    private readonly YamlParameters _parameters;

    public YamlServices(YamlFields fields, string assembly)
    {
        _fields = fields;
        _parameters = new YamlParameters(fields, NameRules.Show(assembly));
    }

    /// <summary>The references of the services that were read so far.</summary>
    public IReadOnlyList<ReferenceDraft> References => _parameters.References;

    public ImmutableArray<ServiceDocument> Read(DocumentNode? node, string assembly)
    {
        if (node is null || _fields.Mapping(node, $"services of {assembly}") is not { } mapping) return [];
        _fields.CheckNumber(mapping.Entries.Count, _fields.Limits.MaxServices, $"services of {assembly}", node.Location);
        var services = ImmutableArray.CreateBuilder<ServiceDocument>(mapping.Entries.Count);
        foreach (var (key, value) in mapping.Entries)
        {
            _fields.CheckName(key, $"the name of a service of {assembly}", NameRules.Service);
            services.Add(ReadService(key, value, $"service {NameRules.Show(key.Text)} of {assembly}"));
        }

        return services.MoveToImmutable();
    }

    private ServiceDocument ReadService(ScalarNode key, DocumentNode node, string where)
    {
        var service = new ServiceDocument { Name = key.Text };
        if (_fields.Mapping(node, where, ServiceKeys) is not { } mapping) return service;
        var script = mapping.Find("script");
        var puppet = mapping.Find("puppet");
        if (script is null == puppet is null) _fields.Report($"{where} needs exactly one of the keys script and puppet", key.Location);
        service = service with { Description = _fields.Description(mapping, where) };
        if (script is not null) service = ReadScript(service, script, $"script of {where}");
        if (puppet is not null) service = ReadPuppet(service, puppet, $"puppet of {where}");
        return mapping.Find("parameters") is { } parameters
            ? service with { Parameters = _parameters.Read(parameters, key.Text) }
            : service;
    }

    private ServiceDocument ReadPuppet(ServiceDocument service, DocumentNode node, string where) =>
        _fields.Mapping(node, where, PuppetKeys) is { } puppet
            ? service with
            {
                Classes = _fields.Names(puppet, "classes", where, "a class", NameRules.Title, _fields.Limits.MaxParametersPerService),
            }
            : service;

    private ServiceDocument ReadScript(ServiceDocument service, DocumentNode node, string where)
    {
        if (_fields.Mapping(node, where, ScriptKeys) is not { } script) return service;
        var source = ReadSource(script, "run", where);
        if (source.Url is null == source.Contents is null)
            _fields.Report($"{where} needs exactly one of the keys url and run", node.Location);
        return service with { Executable = source, Files = ReadFiles(script.Find("files"), $"files of {where}") };
    }

    /// <summary>Reads a file that is given by the key <c>url</c>, or by its content under the key <paramref name="inline"/>.</summary>
    private SourceFile ReadSource(MappingNode mapping, string inline, string where)
    {
        var source = new SourceFile();
        if (mapping.Find("url") is { } node)
        {
            var url = _fields.Text(node, $"url of {where}", SourceRules.MaxUrlLength);
            if (url.Length > 0 && !SourceRules.TryParseUrl(url, out _, out var problem))
                _fields.Report($"url of {where} {problem}", node.Location);
            source = source with { Url = url };
        }

        return mapping.Find(inline) is { } text
            ? source with { Contents = _fields.Text(text, $"{inline} of {where}", _fields.Limits.MaxFileBytes) }
            : source;
    }

    private ImmutableArray<SourceFile> ReadFiles(DocumentNode? node, string where)
    {
        if (node is null || _fields.Sequence(node, where) is not { } sequence) return [];
        if (!_fields.CheckNumber(sequence.Items.Count, _fields.Limits.MaxFilesPerService, where, node.Location)) return [];
        var files = new List<SourceFile>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in sequence.Items)
        {
            if (_fields.Mapping(item, $"one of the {where}", FileKeys) is not { } mapping) continue;
            var file = ReadSource(mapping, "contents", $"one of the {where}");
            if (mapping.Find("name") is { } given)
                file = file with { FileName = _fields.Text(given, $"name of one of the {where}", int.MaxValue) };
            var inline = mapping.Find("contents") is not null && mapping.Find("name") is not null && mapping.Find("url") is null;
            var fetched = mapping.Find("url") is not null && mapping.Entries.Count == 1;
            if (!inline && !fetched)
                _fields.Report($"one of the {where} needs either the key url alone, or the keys name and contents", item.Location);
            else if (CheckName(file, names, mapping.Find("name") ?? mapping.Find("url")!, where)) files.Add(file);
        }

        return [.. files];
    }

    private bool CheckName(SourceFile file, HashSet<string> names, DocumentNode at, string where)
    {
        // An invalid URL was already reported.
        if (file.Url is not null && !SourceRules.TryParseUrl(file.Url, out _, out _)) return false;
        if (!SourceRules.TryGetFileName(file, _fields.Limits, out var name, out var problem))
            _fields.Report($"the name of one of the {where} {problem}", at.Location);
        else if (name == SourceRules.ExecutableName)
            _fields.Report(
                $"one of the {where} is named start, which is the name of the executable in the tarball; choose another name", at.Location);
        else if (!names.Add(name))
            _fields.Report($"a second file {NameRules.Show(name)} among the {where}; names must be unique", at.Location);
        else return true;
        return false;
    }
}
