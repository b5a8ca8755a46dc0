using System.Collections.Immutable;
using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Limits;
using Audrey.Core.Xml;

namespace Audrey.Core.Deployables.Oz;

/// <summary>
/// Reads a template from the cursor at its root, reduced to the parts that matter after the launch: its packages, and the parameters that
/// its services need and provide.
/// </summary>
internal sealed class TemplateReader(ElementReader elements, SourceDocument source)
{
    private readonly XmlCursor _cursor = elements.Cursor;

    public TemplateFile Read()
    {
        var location = source.At(_cursor.Location);
        _cursor.CheckAttributes(TemplateSchema.Template);
        var name = "";
        ImmutableArray<string> packages = [];
        ImmutableArray<TemplateService> services = [];
        var children = elements.Children(TemplateSchema.Template);
        while (children.Next(out var child))
        {
            switch (child)
            {
                case "name":
                    name = ReadName();
                    break;
                case "packages":
                    packages = ReadPackages();
                    break;
                case "services":
                    services = ReadServices();
                    break;
                default:
                    // This part can contain secrets, such as the root password, so its content is not kept.
                    _cursor.Skip();
                    break;
            }
        }

        return new TemplateFile { Name = name, Location = location, Packages = packages, Services = services };
    }

    private string ReadName()
    {
        var location = _cursor.Location;
        var name = _cursor.ReadText("name").Trim();
        if (!_cursor.Stopped && NameRules.Title(name, elements.Limits) is { } problem)
            elements.Findings.Add($"the template's name {problem}", location);
        return name;
    }

    private ImmutableArray<string> ReadPackages()
    {
        _cursor.CheckAttributes(TemplateSchema.Packages);
        var packages = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var children = elements.Children(TemplateSchema.Packages);
        while (children.Next(out _))
        {
            var name = elements.ReadName(TemplateSchema.Package, NameRules.Title);
            if (seen.Add(name)) packages.Add(name);
            var details = elements.Children(TemplateSchema.Package);
            while (details.Next(out var _)) _cursor.Skip();
        }

        return [.. packages];
    }

    private ImmutableArray<TemplateService> ReadServices()
    {
        var services = new List<TemplateService>();
        _cursor.CheckAttributes(TemplateSchema.Services);
        var engines = elements.Children(TemplateSchema.Services);
        while (engines.Next(out _))
        {
            _cursor.CheckAttributes(TemplateSchema.Puppet);
            var names = new NameSet(_cursor, "service", "this template", elements.Limits.MaxServices);
            var provided = new NameSet(_cursor, "provided parameter", "this template", elements.Limits.MaxProvidedParameters);
            var children = elements.Children(TemplateSchema.Puppet);
            while (children.Next(out var _)) services.Add(ReadService(names, provided));
        }

        return [.. services];
    }

    private TemplateService ReadService(NameSet names, NameSet provided)
    {
        var name = elements.ReadName(TemplateSchema.Service, NameRules.Service, names);
        var classes = new List<string>();
        var parameters = new List<TemplateParameter>();
        var own = new NameSet(_cursor, "parameter", "this service", elements.Limits.MaxParametersPerService);
        var children = elements.Children(TemplateSchema.Service);
        while (children.Next(out var child))
        {
            if (child == "class") elements.ReadClass(TemplateSchema.Class, classes);
            else parameters.Add(ReadParameter(own, provided));
        }

        return new TemplateService(name, [.. classes], [.. parameters]);
    }

    private TemplateParameter ReadParameter(NameSet own, NameSet provided)
    {
        var name = elements.ReadName(TemplateSchema.Parameter, NameRules.Parameter, own);
        if (_cursor.Attribute("type") is { } type && type != "scalar")
            _cursor.ReportAttribute("type", $"type of <parameter> is {NameRules.Show(type)}; only scalar is allowed");
        var parameter = new TemplateParameter(name, ReadFlag("required"), ReadFlag("provided"));
        if (parameter.Provided && name.Length > 0) provided.Add(name, "name");
        elements.ReadNothing(TemplateSchema.Parameter);
        return parameter;
    }

    private bool ReadFlag(string attribute)
    {
        if (_cursor.Attribute(attribute) is not { } text) return false;
        if (text is not ("true" or "false"))
            _cursor.ReportAttribute(attribute, $"{attribute} of <parameter> is {NameRules.Show(text)}; it must be true or false");
        return text == "true";
    }
}
