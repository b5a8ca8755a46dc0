using System.Collections.Immutable;
using System.Text;

namespace Audrey.Core.Documents;

internal sealed partial class InstanceConfigParser
{
    private const string ReferenceNeedsOne = "<reference> needs exactly one of the attributes provided-parameter and service-parameter";

    private ImmutableArray<ServiceConfig> ReadServices()
    {
        cursor.CheckAttributes(InstanceConfigSchema.Services);
        var services = new List<ServiceConfig>();
        var names = new NameSet(cursor, "service", "this instance", limits.MaxServices);
        string? form = null;
        var children = Children(InstanceConfigSchema.Services);
        while (children.Next(out var child))
        {
            if (form is not null && form != child) cursor.Report("<services> holds both <service> and <puppet>; use one of the two forms");
            form = child;
            if (child == "service") services.Add(ReadService(names));
            else ReadPuppet(services, names);
        }

        return [.. services];
    }

    private ServiceConfig ReadService(NameSet services)
    {
        var service = new ServiceConfig { Name = ReadName(InstanceConfigSchema.Service, NameRules.Service, check: true, services) };
        var children = Children(InstanceConfigSchema.Service);
        while (children.Next(out var child))
        {
            service = child switch
            {
                "executable" => service with { Executable = ReadExecutable() },
                "files" => service with { Files = ReadFiles() },
                _ => service with { Parameters = ReadParameters() },
            };
        }

        return service;
    }

    private void ReadPuppet(List<ServiceConfig> services, NameSet names)
    {
        cursor.CheckAttributes(InstanceConfigSchema.Puppet);
        var children = Children(InstanceConfigSchema.Puppet);
        while (children.Next(out _)) services.Add(ReadPuppetService(names));
    }

    private ServiceConfig ReadPuppetService(NameSet services)
    {
        var name = ReadName(InstanceConfigSchema.PuppetService, NameRules.Service, check: true, services);
        var classes = new List<string>();
        var parameters = new List<ParameterConfig>();
        var names = ParameterNames();
        var children = Children(InstanceConfigSchema.PuppetService);
        while (children.Next(out var child))
        {
            if (child == "class") ReadClass(classes);
            else parameters.Add(ReadParameter(names));
        }

        return new ServiceConfig { Name = name, Classes = [.. classes], Parameters = [.. parameters] };
    }

    private void ReadClass(List<string> classes)
    {
        cursor.CheckAttributes(InstanceConfigSchema.Class);
        var place = cursor.Place;
        var name = cursor.Attribute("name");
        var text = cursor.ReadText("class").Trim();
        if (cursor.Stopped) return;
        if (name is null == (text.Length == 0)) findings.Add("<class> needs the class's name, as its text or as its attribute name", place);
        else if (NameRules.Title(name ?? text, limits) is { } problem) findings.Add($"the class's name {problem}", place);
        if (classes.Count == limits.MaxParametersPerService)
            findings.Add($"more than {limits.MaxParametersPerService} classes in this service; that many are allowed", place);
        classes.Add(name ?? text);
    }

    private SourceFile ReadExecutable()
    {
        cursor.CheckAttributes(InstanceConfigSchema.Executable);
        return ReadSource(InstanceConfigSchema.Executable, InstanceConfigSchema.ExecutableContents, files: null);
    }

    private ImmutableArray<SourceFile> ReadFiles()
    {
        cursor.CheckAttributes(InstanceConfigSchema.Files);
        var files = new List<SourceFile>();
        var names = new NameSet(cursor, "file", "this service", limits.MaxFilesPerService);
        var children = Children(InstanceConfigSchema.Files);
        while (children.Next(out _))
        {
            cursor.CheckAttributes(InstanceConfigSchema.File);

            // Documents of 2012 name one URL twice; it is one file.
            var known = cursor.Attribute("url") is { } url && files.Any(file => file.Url == url);
            var file = ReadSource(InstanceConfigSchema.File, InstanceConfigSchema.FileContents, known ? null : names);
            if (!known && files.Count < limits.MaxFilesPerService) files.Add(file);
        }

        return [.. files];
    }

    /// <summary>Reads an executable or a file: a URL or contents.</summary>
    /// <param name="shape">The element that the cursor is at.</param>
    /// <param name="contentsShape">Its contents.</param>
    /// <param name="files">The service's file names; null for an executable, whose name is fixed.</param>
    private SourceFile ReadSource(ElementShape shape, ElementShape contentsShape, NameSet? files)
    {
        var place = cursor.Place;
        var source = new SourceFile { Url = ReadUrl(shape, files) };
        var children = Children(shape);
        while (children.Next(out _)) source = ReadContents(source, contentsShape, files);
        if (!cursor.Stopped && source.Url is null == source.Contents is null)
            findings.Add($"<{shape.Name}> needs exactly one of the attribute url and the element <contents>", place);
        return source;
    }

    private string? ReadUrl(ElementShape shape, NameSet? files)
    {
        if (cursor.Attribute("url") is not { } url) return null;
        string? name = null;
        var valid = files is null
            ? SourceRules.TryParseUrl(url, out _, out var problem)
            : SourceRules.TryGetFileName(new SourceFile { Url = url }, limits, out name, out problem);
        if (!valid) cursor.ReportAttribute("url", SourceRules.TryParseUrl(url, out _, out _)
            ? $"the file name in the url of <{shape.Name}> {problem}"
            : $"url of <{shape.Name}> {problem}");
        else if (name is not null) AddFile(files!, name, "url");
        return url;
    }

    private SourceFile ReadContents(SourceFile source, ElementShape shape, NameSet? files)
    {
        cursor.CheckAttributes(shape);
        var name = CheckedName("filename", shape.Name, NameRules.File);
        if (files is not null && name.Length > 0) AddFile(files, name, "filename");
        var place = cursor.Place;
        var text = cursor.ReadText(shape.Name);
        var bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > limits.MaxFileBytes)
            findings.Add($"<contents> is {bytes} bytes long; at most {limits.MaxFileBytes} are allowed", place);
        return source with { Contents = text, FileName = name.Length > 0 ? name : null };
    }

    private void AddFile(NameSet files, string name, string attribute)
    {
        if (name == SourceRules.ExecutableName)
            cursor.ReportAttribute(attribute, "a file is named start, which is the executable's name in the tarball; name it differently");
        else files.Add(name, attribute);
    }

    private ImmutableArray<ParameterConfig> ReadParameters()
    {
        cursor.CheckAttributes(InstanceConfigSchema.Parameters);
        var parameters = new List<ParameterConfig>();
        var names = ParameterNames();
        var children = Children(InstanceConfigSchema.Parameters);
        while (children.Next(out _)) parameters.Add(ReadParameter(names));
        return [.. parameters];
    }

    private NameSet ParameterNames() => new(cursor, "parameter", "this service", limits.MaxParametersPerService);

    private ParameterConfig ReadParameter(NameSet names)
    {
        var place = cursor.Place;
        var name = ReadName(InstanceConfigSchema.Parameter, NameRules.Parameter, check: true, names);
        byte[]? value = null;
        ParameterReference? reference = null;
        var given = 0;
        var children = Children(InstanceConfigSchema.Parameter);
        for (; children.Next(out var child); given++)
        {
            if (child == "value") value = ReadValue();
            else reference = ReadReference();
        }

        if (!cursor.Stopped && given != 1) findings.Add("<parameter> needs exactly one of the elements <value> and <reference>", place);
        return new ParameterConfig { Name = name, Value = value, Reference = reference };
    }

    private byte[] ReadValue()
    {
        cursor.CheckAttributes(InstanceConfigSchema.Value);
        var place = cursor.Place;
        var value = Encoding.UTF8.GetBytes(cursor.ReadText("value"));
        if (value.Length > limits.MaxValueBytes)
            findings.Add($"<value> is {value.Length} bytes long; at most {limits.MaxValueBytes} are allowed", place);
        return value;
    }

    private ParameterReference ReadReference()
    {
        cursor.CheckAttributes(InstanceConfigSchema.Reference);
        var provider = ReadInstanceId("assembly", "reference");
        var parameter = cursor.Attribute("provided-parameter");
        var service = cursor.Attribute("service-parameter");
        if (parameter is null == service is null) cursor.Report(ReferenceNeedsOne);
        var name = CheckedName("provided-parameter", "reference", NameRules.Parameter);
        if (service is not null) name = CheckedName("service-parameter", "reference", NameRules.Service);
        ReadNothing(InstanceConfigSchema.Reference);
        return new ParameterReference(provider, service is null ? ReferenceKind.ProvidedParameter : ReferenceKind.ServiceEnd, name);
    }
}
