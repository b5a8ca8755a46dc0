using System.Collections.Immutable;
using Audrey.Core.Limits;
using Audrey.Core.Xml;

namespace Audrey.Core.Documents;

/// <summary>Reads executables and files. Each is given by URL or inline.</summary>
/// <param name="elements">The document.</param>
/// <param name="leniency">Receives the executables and files that are left out. Null if errors in them are refused.</param>
internal sealed class SourceElements(ElementReader elements, LeniencyBuilder? leniency = null)
{
    private readonly XmlCursor _cursor = elements.Cursor;

    /// <summary>Reads the executable at the cursor. Returns null if it is left out.</summary>
    /// <param name="contents">The shape of the executable's contents element.</param>
    public SourceFile? ReadExecutable(ElementShape contents)
    {
        _cursor.CheckAttributes(InstanceConfigSchema.Executable);
        return ReadSource(InstanceConfigSchema.Executable, contents, files: null).File;
    }

    /// <summary>Reads the files at the cursor.</summary>
    public ImmutableArray<SourceFile> ReadFiles()
    {
        _cursor.CheckAttributes(InstanceConfigSchema.Files);
        var limits = elements.Limits;
        var files = new List<SourceFile>();
        var names = new NameSet(_cursor, "file", "this service", limits.MaxFilesPerService, forgiven: leniency?.Forgiven);
        var children = elements.Children(InstanceConfigSchema.Files);
        while (children.Next(out _))
        {
            _cursor.CheckAttributes(InstanceConfigSchema.File);

            // Documents of 2012 may repeat a URL. A repeated URL refers to the same file.
            var known = _cursor.Attribute("url") is { } url && files.Any(file => file.Url == url);
            var (file, name) = ReadSource(InstanceConfigSchema.File, InstanceConfigSchema.FileContents, known ? null : names);
            if (!known && file is not null && files.Count < limits.MaxFilesPerService) names.Put(files, name, file);
        }

        return [.. files];
    }

    /// <summary>Reads an executable or a file, which has a URL or contents.</summary>
    /// <param name="shape">The shape of the element at the cursor.</param>
    /// <param name="contentsShape">The shape of the element's contents element.</param>
    /// <param name="files">The file names of the service. Null for an executable, which has a fixed name.</param>
    /// <returns>The executable or file, or null if it is left out, and its name among the files.</returns>
    private (SourceFile? File, string Name) ReadSource(ElementShape shape, ElementShape contentsShape, NameSet? files)
    {
        var location = _cursor.Location;
        var (url, name, isLeftOut) = ReadUrl(shape, files);
        var source = new SourceFile { Url = url };
        var children = elements.Children(shape);
        while (children.Next(out _))
        {
            (source, name, var leaveOut) = ReadContents(source, contentsShape, files);
            isLeftOut |= leaveOut;
        }

        if (!_cursor.Stopped && source.Url is null == source.Contents is null)
            elements.Findings.Add($"<{shape.Name}> needs exactly one of the attribute url and the element <contents>", location);
        return (isLeftOut ? null : source, name);
    }

    private (string? Url, string Name, bool IsLeftOut) ReadUrl(ElementShape shape, NameSet? files)
    {
        if (_cursor.Attribute("url") is not { } url) return (null, "", false);
        string? name = null;
        var isUrl = SourceRules.TryParseUrl(url, out _, out var problem);
        if (isUrl && files is not null) SourceRules.TryGetFileName(new SourceFile { Url = url }, elements.Limits, out name, out problem);
        if (problem is not null)
        {
            var what = isUrl ? $"the file name in the url of <{shape.Name}> {problem}" : $"url of <{shape.Name}> {problem}";
            return (url, "", LeaveOut("url", shape.Name, what));
        }

        leniency?.Use(shape.Name, url, _cursor.LocationOf("url"));
        return (url, name ?? "", name is not null && AddFile(files!, name, "url"));
    }

    private (SourceFile Source, string Name, bool IsLeftOut) ReadContents(SourceFile source, ElementShape shape, NameSet? files)
    {
        _cursor.CheckAttributes(shape);
        var name = _cursor.Attribute("filename");
        var isLeftOut = false;
        if (name is not null && NameRules.File(name, elements.Limits) is { } problem)
        {
            var wrong = $"filename of <{shape.Name}> {problem}";
            if (files is not null || leniency is null) isLeftOut = LeaveOut("filename", "file", wrong);
            else leniency.Forgiven.Add($"{wrong}; the name is not used", _cursor.LocationOf("filename"));
            name = null;
        }

        if (name is not null && files is not null) isLeftOut = AddFile(files, name, "filename");
        var text = elements.ReadBounded(shape.Name, elements.Limits.MaxFileBytes);
        return (source with { Contents = text, FileName = name }, name ?? "", isLeftOut);
    }

    /// <summary>Adds the name of a file. Returns whether the file is left out.</summary>
    private bool AddFile(NameSet files, string name, string attribute)
    {
        const string named = "a file is named start, which is the name of the executable in the tarball";
        if (name != SourceRules.ExecutableName)
        {
            files.Add(name, attribute);
            return false;
        }

        if (leniency is null) _cursor.ReportAttribute(attribute, $"{named}; choose another name");
        else leniency.Forgiven.Add($"{named}; the file is left out", _cursor.LocationOf(attribute));
        return true;
    }

    /// <summary>Reports an error in a source, or leaves the source out. Returns whether it is left out.</summary>
    private bool LeaveOut(string attribute, string element, string problem)
    {
        if (leniency is null) _cursor.ReportAttribute(attribute, problem);
        else leniency.LeaveOut($"{problem}; the {element} is left out", _cursor.LocationOf(attribute));
        return leniency is not null;
    }
}
