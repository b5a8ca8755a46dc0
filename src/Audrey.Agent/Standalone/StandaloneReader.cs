using System.Text;
using Audrey.Agent.Engines.Puppet;
using Audrey.Agent.PhoneHome;
using Audrey.Agent.Yaml;

namespace Audrey.Agent.Standalone;

/// <summary>Reads the standalone form, <c>audrey: 1</c>: nothing undeclared, every type as it must be.</summary>
internal static class StandaloneReader
{
    /// <summary>The service under whose name puppet's run is shown.</summary>
    public const string PuppetService = "puppet";

    private const string Format = "audrey";

    /// <summary>Reads it from the document's root.</summary>
    public static StandaloneConfig Read(YamlMap root)
    {
        Only(root, "the document", Format, "puppet", "services");
        CheckFormat(root);
        IReadOnlyList<PuppetClass> classes = root["puppet"] is { } puppet ? Classes(puppet) : [];
        IReadOnlyList<StandaloneService> services = root["services"] is { } list ? Services(list) : [];
        if (classes.Count + services.Count == 0) throw YamlReader.Problem(root, "there is neither a puppet class nor a service");
        return new StandaloneConfig(classes, services);
    }

    /// <summary>Reads a service's own file of puppet classes: the same form with nothing but the section puppet.</summary>
    public static IReadOnlyList<PuppetClass> ReadClasses(YamlMap root)
    {
        Only(root, "the document", Format, "puppet");
        CheckFormat(root);
        return Classes(root["puppet"] ?? throw YamlReader.Problem(root, "puppet is missing"));
    }

    private static void CheckFormat(YamlMap root)
    {
        if (root[Format] is not YamlScalar { Kind: ScalarKind.Integer } format) throw YamlReader.Problem(root, "audrey: 1, the number of the format, is missing");
        if (format.Text != "1") throw YamlReader.Problem(format, $"this program knows format 1, not {format.Text}");
    }

    private static List<PuppetClass> Classes(YamlNode node)
    {
        var puppet = Map(node, PuppetService);
        Only(puppet, PuppetService, "classes");
        var classes = new List<PuppetClass>();
        foreach (var (name, parameters) in Map(puppet["classes"] ?? throw YamlReader.Problem(puppet, "classes is missing"), "classes").Entries)
        {
            if (!PuppetNames.IsClass(name.Text)) throw YamlReader.Problem(name, "this is no puppet class's name");
            var entries = Map(parameters, $"the class {name.Text}").Entries;
            foreach (var (parameter, _) in entries)
                if (!PuppetNames.IsParameter(parameter.Text)) throw YamlReader.Problem(parameter, "this is no parameter's name, or one that puppet keeps for itself");
            classes.Add(new PuppetClass(name.Text, [.. entries.Select(entry => new KeyValuePair<string, YamlNode>(entry.Key.Text, entry.Value))]));
        }

        return classes.Count > 0 ? classes : throw YamlReader.Problem(puppet, "classes is empty");
    }

    private static List<StandaloneService> Services(YamlNode node)
    {
        if (node is not YamlList list) throw YamlReader.Problem(node, "services is not a list");
        var services = new List<StandaloneService>();
        foreach (var item in list.Items)
        {
            var service = Map(item, "a service");
            Only(service, "a service", "name", "executable", "files", "parameters");
            var name = Text(service, "name");
            if (!GuestTexts.IsServiceName(name) || name == PuppetService) throw YamlReader.Problem(service["name"]!, "this cannot be a service's name");
            if (services.Exists(known => known.Name == name)) throw YamlReader.Problem(service["name"]!, "a second service of this name");
            services.Add(new StandaloneService(name, Text(service, "executable"), Files(service), Parameters(service)));
        }

        return services;
    }

    private static List<KeyValuePair<string, string>> Files(YamlMap service)
    {
        var files = new List<KeyValuePair<string, string>>();
        if (service["files"] is not { } node) return files;
        foreach (var (name, contents) in Map(node, "files").Entries)
        {
            if (!GuestTexts.IsServiceName(name.Text) || name.Text == "start") throw YamlReader.Problem(name, "this cannot be a file's name beside start");
            if (contents is not YamlScalar { Kind: ScalarKind.Text } text) throw YamlReader.Problem(contents, "a file's contents must be a string; quote it");
            files.Add(new KeyValuePair<string, string>(name.Text, text.Text));
        }

        return files;
    }

    private static List<Parameter> Parameters(YamlMap service)
    {
        var parameters = new List<Parameter>();
        if (service["parameters"] is not { } node) return parameters;
        foreach (var (name, value) in Map(node, "parameters").Entries)
        {
            if (name.Text.AsSpan().ContainsAny('=', '\0') || name.Text.Length == 0) throw YamlReader.Problem(name, "this cannot be a parameter's name");
            if (value is not YamlScalar scalar) throw YamlReader.Problem(value, "a service's parameter must be a scalar");
            parameters.Add(new Parameter(name.Text, Encoding.UTF8.GetBytes(scalar.Text)));
        }

        return parameters;
    }

    private static string Text(YamlMap map, string key) => map[key] switch
    {
        YamlScalar { Kind: ScalarKind.Text, Text.Length: > 0 } text => text.Text,
        null => throw YamlReader.Problem(map, $"{key} is missing"),
        var other => throw YamlReader.Problem(other, $"{key} must be a string; quote it"),
    };

    private static YamlMap Map(YamlNode node, string what) => node as YamlMap ?? throw YamlReader.Problem(node, $"{what} is not a mapping");

    private static void Only(YamlMap map, string what, params string[] keys)
    {
        foreach (var (key, _) in map.Entries)
            if (!keys.Contains(key.Text)) throw YamlReader.Problem(key, $"{what} has no key of this name; it has {string.Join(", ", keys)}");
    }
}
