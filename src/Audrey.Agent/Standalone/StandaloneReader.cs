using System.Text;
using Audrey.Agent.Engines.Puppet;
using Audrey.Agent.Services;
using Audrey.Agent.Yaml;

namespace Audrey.Agent.Standalone;

/// <summary>Reads the standalone form, <c>audrey: 1</c>. Unknown keys and values of the wrong type are errors.</summary>
internal static class StandaloneReader
{
    private const string Services = "services";

    /// <summary>Reads the document.</summary>
    /// <exception cref="StrictYamlException">The document is invalid.</exception>
    public static StandaloneConfig Read(TypedMap root)
    {
        root.RequireKeys("the document", PuppetSection.FormatKey, PuppetSection.Name, Services);
        PuppetSection.CheckFormat(root);
        IReadOnlyList<PuppetClass> classes = root[PuppetSection.Name] is { } section ? PuppetSection.Read(section) : [];
        IReadOnlyList<StandaloneService> services = root[Services] is { } list ? ReadServices(list) : [];
        if (classes.Count + services.Count == 0) throw StrictYamlException.At(root, "there is no Puppet class and no service");
        return new StandaloneConfig(classes, services);
    }

    private static List<StandaloneService> ReadServices(TypedNode node)
    {
        if (node is not TypedList list) throw StrictYamlException.At(node, "services is not a list");
        var services = new List<StandaloneService>();
        foreach (var item in list.Items)
        {
            var service = TypedMap.From(item, "a service");
            service.RequireKeys("a service", "name", "executable", "files", "parameters");
            var name = service.RequireText("name");
            if (!GuestNames.IsServiceName(name) || name == PuppetSection.Name)
                throw StrictYamlException.At(service["name"]!, "this is not a valid name of a service");
            if (services.Exists(known => known.Name == name))
                throw StrictYamlException.At(service["name"]!, "another service has this name");
            services.Add(new StandaloneService(name, service.RequireText("executable"), ReadFiles(service), ReadParameters(service)));
        }

        return services;
    }

    private static List<KeyValuePair<string, string>> ReadFiles(TypedMap service)
    {
        var files = new List<KeyValuePair<string, string>>();
        if (service["files"] is not { } node) return files;
        foreach (var (name, contents) in TypedMap.From(node, "files").Entries)
        {
            if (!GuestNames.IsServiceName(name.Text) || name.Text == "start")
                throw StrictYamlException.At(name, "this is not a valid name of a file; the name 'start' is reserved for the executable");
            if (contents is not TypedScalar { Kind: ScalarKind.Text } text)
                throw StrictYamlException.At(contents, "the contents of a file must be a string; quote it");
            files.Add(new KeyValuePair<string, string>(name.Text, text.Text));
        }

        return files;
    }

    private static List<ServiceParameter> ReadParameters(TypedMap service)
    {
        var parameters = new List<ServiceParameter>();
        if (service["parameters"] is not { } node) return parameters;
        foreach (var (name, value) in TypedMap.From(node, "parameters").Entries)
        {
            if (name.Text.AsSpan().ContainsAny('=', '\0') || name.Text.Length == 0)
                throw StrictYamlException.At(name, "this is not a valid name of a parameter");
            if (value is not TypedScalar scalar) throw StrictYamlException.At(value, "a parameter of a service must be a scalar");
            parameters.Add(new ServiceParameter(name.Text, Encoding.UTF8.GetBytes(scalar.Text)));
        }

        return parameters;
    }
}
