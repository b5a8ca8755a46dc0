using System.Collections.Immutable;
using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Documents;
using Audrey.Core.Limits;
using Audrey.Core.Text;
using Audrey.Core.Xml;

namespace Audrey.Core.Deployables.Xml;

internal sealed partial class XmlDeployableReader
{
    private const string Password = "password";

    private static readonly string[] Types = ["scalar", Password];

    private ImmutableArray<ServiceDocument> ReadServices()
    {
        _cursor.CheckAttributes(XmlDeployableSchema.Services);
        var services = new List<ServiceDocument>();
        var names = new NameSet(_cursor, "service", "this assembly", elements.Limits.MaxServices);
        var children = elements.Children(XmlDeployableSchema.Services);
        while (children.Next(out _)) services.Add(ReadService(names));
        return [.. services];
    }

    private ServiceDocument ReadService(NameSet names)
    {
        var service = new ServiceDocument { Name = elements.ReadName(XmlDeployableSchema.Service, NameRules.Service, names) };
        var children = elements.Children(XmlDeployableSchema.Service);
        while (children.Next(out var child))
        {
            service = child switch
            {
                "description" => service with { Description = ReadDescription() },
                "executable" => service with { Executable = _sources.ReadExecutable(XmlDeployableSchema.ExecutableContents) },
                "files" => service with { Files = _sources.ReadFiles() },
                _ => service with { Parameters = ReadParameters(service.Name) },
            };
        }

        return service;
    }

    private ImmutableArray<ParameterDocument> ReadParameters(string service)
    {
        _cursor.CheckAttributes(XmlDeployableSchema.Parameters);
        var parameters = new List<ParameterDocument>();
        var names = new NameSet(_cursor, "parameter", "this service", elements.Limits.MaxParametersPerService);
        var children = elements.Children(XmlDeployableSchema.Parameters);
        while (children.Next(out _)) parameters.Add(ReadParameter(service, names));
        return [.. parameters];
    }

    private ParameterDocument ReadParameter(string service, NameSet names)
    {
        var location = _cursor.Location;
        var parameter = new ParameterDocument
        {
            Name = elements.ReadName(XmlDeployableSchema.Parameter, NameRules.Parameter, names),
            Secret = ReadIsSecret("parameter"),
        };
        var given = 0;
        var children = elements.Children(XmlDeployableSchema.Parameter);
        for (; children.Next(out var child); given++)
        {
            parameter = child == "value" ? ReadValue(parameter) : ReadReference(service, parameter);
        }

        if (!_cursor.Stopped && given > 1)
            elements.Findings.Add(
                "<parameter> may have one of the elements <value> and <reference>; if it has neither, its value must be given at launch",
                location);
        return parameter;
    }

    private ParameterDocument ReadValue(ParameterDocument parameter)
    {
        _cursor.CheckAttributes(XmlDeployableSchema.Value);
        var secret = ReadIsSecret("value");
        var text = elements.ReadBounded("value", elements.Limits.MaxValueBytes);
        return parameter with { Value = text, Secret = parameter.Secret || secret };
    }

    /// <summary>Returns whether the <c>type</c> attribute of the current element marks the value as secret.</summary>
    private bool ReadIsSecret(string element)
    {
        if (_cursor.Attribute("type") is not { } type) return false;
        if (Types.Contains(type)) return type == Password;
        var remedy = NearestName.Find(type, Types) is { } nearest ? $"did you mean {nearest}?" : "it must be scalar or password";
        _cursor.ReportAttribute("type", $"type of <{element}> is {NameRules.Show(type)}; {remedy}");
        return false;
    }

    private ParameterDocument ReadReference(string service, ParameterDocument parameter)
    {
        _cursor.CheckAttributes(XmlDeployableSchema.Reference);
        var toService = _cursor.Attribute("service") is not null;
        var clear = toService == _cursor.Attribute("parameter") is null;
        if (!clear)
            _cursor.Report("<reference> needs exactly one of the attributes parameter and service");
        var attribute = toService ? "service" : "parameter";
        var reference = new ReferenceDocument
        {
            Assembly = elements.CheckedName("assembly", "reference", NameRules.Title),
            Kind = toService ? ReferenceKind.ServiceEnd : ReferenceKind.ProvidedParameter,
            Name = elements.CheckedName(attribute, "reference", toService ? NameRules.Service : NameRules.Parameter),
        };
        var read = parameter with { Reference = reference };
        if (clear)
        {
            _references.Add(new ReferenceDraft
            {
                Service = service,
                Parameter = read,
                Assembly = source.At(_cursor.LocationOf("assembly")),
                Name = source.At(_cursor.LocationOf(attribute)),
            });
        }

        elements.ReadNothing(XmlDeployableSchema.Reference);
        return read;
    }
}
