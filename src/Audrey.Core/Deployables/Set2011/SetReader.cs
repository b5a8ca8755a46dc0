using System.Collections.Immutable;
using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Documents;
using Audrey.Core.Limits;
using Audrey.Core.Xml;

namespace Audrey.Core.Deployables.Set2011;

/// <summary>Reads a deployable or an assembly in the format of 2011. The cursor must be at its root.</summary>
internal sealed class SetReader(ElementReader elements, SourceDocument source)
{
    private readonly XmlCursor _cursor = elements.Cursor;
    private readonly List<ReferenceDraft> _references = [];
    private readonly Dictionary<string, DocumentLocation> _serviceLocations = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Service, string Parameter), DocumentLocation> _parameterLocations = [];

    public DeployableFile ReadDeployable()
    {
        var shape = SetSchema.Deployable;
        if (_cursor.Attribute("name") is not null)
        {
            shape = SetSchema.NamedDeployable;
            _cursor.ReportAttribute(
                "name",
                "this is a deployable of 2011, because its assemblies name their types; its name is an element: "
                + "replace the attribute name by <name>...</name>");
        }

        _cursor.CheckAttributes(shape);
        var name = "";
        ImmutableArray<Member> members = [];
        var children = elements.Children(shape);
        while (children.Next(out var child))
        {
            if (child == "name") name = ReadName();
            else members = ReadMembers();
        }

        return new DeployableFile(name, members);
    }

    public AssemblyFile ReadAssembly()
    {
        var location = source.At(_cursor.LocationOf("name"));
        var name = elements.ReadName(SetSchema.Assembly, NameRules.Title);
        var (template, templateLocation) = ("", location);
        ImmutableArray<ServiceDocument> services = [];
        var children = elements.Children(SetSchema.Assembly);
        while (children.Next(out var child))
        {
            if (child == "template")
            {
                _cursor.CheckAttributes(SetSchema.Template);
                (template, templateLocation) = (
                    elements.CheckedName("type", "template", NameRules.Title), source.At(_cursor.LocationOf("type")));
                elements.ReadNothing(SetSchema.Template);
            }
            else
            {
                services = ReadServices();
            }
        }

        return new AssemblyFile
        {
            Name = name,
            Location = location,
            TemplateName = template,
            TemplateLocation = templateLocation,
            Services = services,
            ServiceLocations = _serviceLocations,
            ParameterLocations = _parameterLocations,
            References = _references,
        };
    }

    private string ReadName()
    {
        _cursor.CheckAttributes(SetSchema.Name);
        var location = _cursor.Location;
        var name = _cursor.ReadText("name").Trim();
        if (!_cursor.Stopped && NameRules.Title(name, elements.Limits) is { } problem)
            elements.Findings.Add($"the deployable's name {problem}", location);
        return name;
    }

    private ImmutableArray<Member> ReadMembers()
    {
        _cursor.CheckAttributes(SetSchema.Assemblies);
        var max = elements.Limits.MaxInstances;
        var names = new NameSet(_cursor, "assembly", "this deployable", max, "assemblies");
        var members = new List<Member>();
        var children = elements.Children(SetSchema.Assemblies);
        while (children.Next(out _))
        {
            var member = new Member(
                elements.ReadName(SetSchema.Member, NameRules.Title, names),
                elements.CheckedName("type", "assembly", NameRules.Title),
                elements.CheckedName("hwp", "assembly", NameRules.Title),
                _cursor.Attribute("realm") is null ? null : elements.CheckedName("realm", "assembly", NameRules.Title),
                source.At(_cursor.LocationOf("name")),
                source.At(_cursor.LocationOf("type")));
            if (members.Count < max) members.Add(member);
            elements.ReadNothing(SetSchema.Member);
        }

        return [.. members];
    }

    private ImmutableArray<ServiceDocument> ReadServices()
    {
        _cursor.CheckAttributes(SetSchema.Services);
        var services = new List<ServiceDocument>();
        var engines = elements.Children(SetSchema.Services);
        while (engines.Next(out _))
        {
            _cursor.CheckAttributes(SetSchema.Puppet);
            var names = new NameSet(_cursor, "service", "this assembly", elements.Limits.MaxServices);
            var children = elements.Children(SetSchema.Puppet);
            while (children.Next(out var _)) services.Add(ReadService(names));
        }

        return [.. services];
    }

    private ServiceDocument ReadService(NameSet names)
    {
        var location = source.At(_cursor.LocationOf("name"));
        var name = elements.ReadName(SetSchema.Service, NameRules.Service, names);
        _serviceLocations.TryAdd(name, location);
        var classes = new List<string>();
        var parameters = new List<ParameterDocument>();
        var own = new NameSet(_cursor, "parameter", "this service", elements.Limits.MaxParametersPerService);
        var children = elements.Children(SetSchema.Service);
        while (children.Next(out var child))
        {
            if (child == "class") elements.ReadClass(SetSchema.Class, classes);
            else parameters.Add(ReadParameter(name, own));
        }

        return new ServiceDocument { Name = name, Classes = [.. classes], Parameters = [.. parameters] };
    }

    private ParameterDocument ReadParameter(string service, NameSet names)
    {
        var start = _cursor.Location;
        var name = source.At(_cursor.LocationOf("name"));
        var parameter = new ParameterDocument { Name = elements.ReadName(SetSchema.Parameter, NameRules.Parameter, names) };
        _parameterLocations.TryAdd((service, parameter.Name), name);
        var given = 0;
        var children = elements.Children(SetSchema.Parameter);
        for (; children.Next(out var child); given++)
        {
            parameter = child == "value" ? ReadValue(parameter) : ReadReference(service, parameter);
        }

        if (!_cursor.Stopped && given != 1)
            elements.Findings.Add("<parameter> needs exactly one of the elements <value> and <reference>", start);
        return parameter;
    }

    private ParameterDocument ReadValue(ParameterDocument parameter)
    {
        _cursor.CheckAttributes(SetSchema.Value);
        return parameter with { Value = elements.ReadBounded("value", elements.Limits.MaxValueBytes) };
    }

    private ParameterDocument ReadReference(string service, ParameterDocument parameter)
    {
        _cursor.CheckAttributes(SetSchema.Reference);
        var reference = new ReferenceDocument
        {
            Assembly = elements.CheckedName("assembly", "reference", NameRules.Title),
            Kind = ReferenceKind.ProvidedParameter,
            Name = elements.CheckedName("parameter", "reference", NameRules.Parameter),
        };
        var read = parameter with { Reference = reference };
        _references.Add(new ReferenceDraft
        {
            Service = service,
            Parameter = read,
            Assembly = source.At(_cursor.LocationOf("assembly")),
            Name = source.At(_cursor.LocationOf("parameter")),
        });
        elements.ReadNothing(SetSchema.Reference);
        return read;
    }
}
