using System.Collections.Immutable;
using System.Text;
using Audrey.Core.Limits;
using Audrey.Core.Xml;

namespace Audrey.Core.Documents;

internal sealed partial class InstanceConfigParser
{
    private const string ReferenceNeedsOne = "<reference> needs exactly one of the attributes provided-parameter and service-parameter";

    private ImmutableArray<ServiceConfig> ReadServices()
    {
        cursor.CheckAttributes(InstanceConfigSchema.Services);
        var services = new List<ServiceConfig>();
        var names = Names("service", "this instance", limits.MaxServices);
        string? form = null;
        var children = _elements.Children(InstanceConfigSchema.Services);
        while (children.Next(out var child))
        {
            if (form is not null && form != child)
                cursor.Report("<services> contains both <service> and <puppet>; use one of the two forms");
            form = child;
            if (child == "service") Put(ReadService(names));
            else ReadPuppet(names, Put);
        }

        return [.. services];

        void Put(ServiceConfig service) => names.Put(services, service.Name, service);
    }

    private ServiceConfig ReadService(NameSet services)
    {
        var service = new ServiceConfig { Name = _elements.ReadName(InstanceConfigSchema.Service, NameRules.Service, services) };
        leniency?.BeginService(service.Name);
        var children = _elements.Children(InstanceConfigSchema.Service);
        while (children.Next(out var child))
        {
            service = child switch
            {
                "executable" => service with { Executable = _sources.ReadExecutable(InstanceConfigSchema.ExecutableContents) },
                "files" => service with { Files = _sources.ReadFiles() },
                _ => service with { Parameters = ReadParameters() },
            };
        }

        return service;
    }

    private void ReadPuppet(NameSet names, Action<ServiceConfig> put)
    {
        cursor.CheckAttributes(InstanceConfigSchema.Puppet);
        var children = _elements.Children(InstanceConfigSchema.Puppet);
        while (children.Next(out _)) put(ReadPuppetService(names));
    }

    private ServiceConfig ReadPuppetService(NameSet services)
    {
        var name = _elements.ReadName(InstanceConfigSchema.PuppetService, NameRules.Service, services);
        var classes = new List<string>();
        var parameters = new List<ParameterConfig>();
        var names = ParameterNames();
        var children = _elements.Children(InstanceConfigSchema.PuppetService);
        while (children.Next(out var child))
        {
            if (child == "class") _elements.ReadClass(InstanceConfigSchema.Class, classes);
            else PutParameter(parameters, names);
        }

        return new ServiceConfig { Name = name, Classes = [.. classes], Parameters = [.. parameters] };
    }

    private ImmutableArray<ParameterConfig> ReadParameters()
    {
        cursor.CheckAttributes(InstanceConfigSchema.Parameters);
        var parameters = new List<ParameterConfig>();
        var names = ParameterNames();
        var children = _elements.Children(InstanceConfigSchema.Parameters);
        while (children.Next(out _)) PutParameter(parameters, names);
        return [.. parameters];
    }

    private void PutParameter(List<ParameterConfig> parameters, NameSet names)
    {
        var parameter = ReadParameter(names);
        names.Put(parameters, parameter.Name, parameter);
    }

    private NameSet ParameterNames() => Names("parameter", "this service", limits.MaxParametersPerService);

    private ParameterConfig ReadParameter(NameSet names)
    {
        var location = cursor.Location;
        var name = _elements.ReadName(InstanceConfigSchema.Parameter, NameRules.Parameter, names);
        byte[]? value = null;
        ParameterReference? reference = null;
        var given = 0;
        var children = _elements.Children(InstanceConfigSchema.Parameter);
        for (; children.Next(out var child); given++)
        {
            if (child == "value") value = ReadValue();
            else reference = ReadReference();
        }

        if (!cursor.Stopped && given != 1) findings.Add("<parameter> needs exactly one of the elements <value> and <reference>", location);
        return new ParameterConfig { Name = name, Value = value, Reference = reference };
    }

    private byte[] ReadValue()
    {
        cursor.CheckAttributes(InstanceConfigSchema.Value);
        return Encoding.UTF8.GetBytes(_elements.ReadBounded("value", limits.MaxValueBytes));
    }

    private ParameterReference ReadReference()
    {
        cursor.CheckAttributes(InstanceConfigSchema.Reference);
        var provider = ReadInstanceId("assembly", "reference");
        var parameter = cursor.Attribute("provided-parameter");
        var service = cursor.Attribute("service-parameter");
        if (parameter is null == service is null) cursor.Report(ReferenceNeedsOne);
        var name = _elements.CheckedName("provided-parameter", "reference", NameRules.Parameter);
        if (service is not null) name = _elements.CheckedName("service-parameter", "reference", NameRules.Service);
        _elements.ReadNothing(InstanceConfigSchema.Reference);
        return new ParameterReference(provider, service is null ? ReferenceKind.ProvidedParameter : ReferenceKind.ServiceEnd, name);
    }
}
