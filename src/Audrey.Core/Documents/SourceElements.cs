using System.Collections.Immutable;
using Audrey.Core.Limits;
using Audrey.Core.Xml;

namespace Audrey.Core.Documents;

/// <summary>Reads executables and files, each by URL or inline.</summary>
internal sealed class SourceElements(ElementReader elements)
{
    private readonly XmlCursor _cursor = elements.Cursor;

    /// <summary>Reads the executable at the cursor.</summary>
    /// <param name="contents">The shape of the executable's contents element.</param>
    public SourceFile ReadExecutable(ElementShape contents)
    {
        _cursor.CheckAttributes(InstanceConfigSchema.Executable);
        return ReadSource(InstanceConfigSchema.Executable, contents, files: null);
    }

    /// <summary>Reads the files at the cursor.</summary>
    public ImmutableArray<SourceFile> ReadFiles()
    {
        _cursor.CheckAttributes(InstanceConfigSchema.Files);
        var limits = elements.Limits;
        var files = new List<SourceFile>();
        var names = new NameSet(_cursor, "file", "this service", limits.MaxFilesPerService);
        var children = elements.Children(InstanceConfigSchema.Files);
        while (children.Next(out _))
        {
            _cursor.CheckAttributes(InstanceConfigSchema.File);

            // Documents of 2012 may repeat a URL. The repeated URL is the same file.
            var known = _cursor.Attribute("url") is { } url && files.Any(file => file.Url == url);
            var file = ReadSource(InstanceConfigSchema.File, InstanceConfigSchema.FileContents, known ? null : names);
            if (!known && files.Count < limits.MaxFilesPerService) files.Add(file);
        }

        return [.. files];
    }

    /// <summary>Reads an executable or a file: a URL or contents.</summary>
    /// <param name="shape">The shape of the element at the cursor.</param>
    /// <param name="contentsShape">The shape of its contents element.</param>
    /// <param name="files">The file names of the service. Null for an executable, which has a fixed name.</param>
    private SourceFile ReadSource(ElementShape shape, ElementShape contentsShape, NameSet? files)
    {
        var location = _cursor.Location;
        var source = new SourceFile { Url = ReadUrl(shape, files) };
        var children = elements.Children(shape);
        while (children.Next(out _)) source = ReadContents(source, contentsShape, files);
        if (!_cursor.Stopped && source.Url is null == source.Contents is null)
            elements.Findings.Add($"<{shape.Name}> needs exactly one of the attribute url and the element <contents>", location);
        return source;
    }

    private string? ReadUrl(ElementShape shape, NameSet? files)
    {
        if (_cursor.Attribute("url") is not { } url) return null;
        string? name = null;
        var valid = files is null
            ? SourceRules.TryParseUrl(url, out _, out var problem)
            : SourceRules.TryGetFileName(new SourceFile { Url = url }, elements.Limits, out name, out problem);
        if (!valid) _cursor.ReportAttribute("url", SourceRules.TryParseUrl(url, out _, out _)
            ? $"the file name in the url of <{shape.Name}> {problem}"
            : $"url of <{shape.Name}> {problem}");
        else if (name is not null) AddFile(files!, name, "url");
        return url;
    }

    private SourceFile ReadContents(SourceFile source, ElementShape shape, NameSet? files)
    {
        _cursor.CheckAttributes(shape);
        var name = elements.CheckedName("filename", shape.Name, NameRules.File);
        if (files is not null && name.Length > 0) AddFile(files, name, "filename");
        var text = elements.ReadBounded(shape.Name, elements.Limits.MaxFileBytes);
        return source with { Contents = text, FileName = name.Length > 0 ? name : null };
    }

    private void AddFile(NameSet files, string name, string attribute)
    {
        if (name == SourceRules.ExecutableName)
            _cursor.ReportAttribute(
                attribute, "a file is named start, which is the name of the executable in the tarball; choose another name");
        else files.Add(name, attribute);
    }
}
