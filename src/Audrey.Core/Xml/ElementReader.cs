using System.Text;
using Audrey.Core.Findings;
using Audrey.Core.Limits;

namespace Audrey.Core.Xml;

/// <summary>Reads parts that many elements have in common, such as a checked name, empty content or a puppet class.</summary>
internal sealed class ElementReader(XmlCursor cursor, FindingList findings, DocumentLimits limits)
{
    /// <summary>
    /// Returns null if a name is valid. Otherwise returns a description of the error. The description is the end of a sentence: the caller
    /// puts the subject before it.
    /// </summary>
    public delegate string? NameRule(string name, DocumentLimits limits);

    public XmlCursor Cursor => cursor;

    public FindingList Findings => findings;

    public DocumentLimits Limits => limits;

    /// <summary>Walks through the children of the current element.</summary>
    public ChildElements Children(ElementShape shape) => new(cursor, findings, shape);

    /// <summary>Reads an element that has a name and no content.</summary>
    public string ReadNamed(ElementShape shape, NameRule rule, NameSet? names = null)
    {
        var name = ReadName(shape, rule, names);
        ReadNothing(shape);
        return name;
    }

    /// <summary>
    /// Checks the attributes of the current element and returns its name. Reports a missing name and returns an empty string.
    /// </summary>
    public string ReadName(ElementShape shape, NameRule rule, NameSet? names = null)
    {
        cursor.CheckAttributes(shape);
        return CheckedName("name", shape.Name, rule, names);
    }

    /// <summary>Returns the name in an attribute of the current element, or an empty string.</summary>
    public string CheckedName(string attribute, string element, NameRule rule, NameSet? names = null)
    {
        if (cursor.Attribute(attribute) is not { } name) return "";
        if (rule(name, limits) is { } problem) cursor.ReportAttribute(attribute, $"{attribute} of <{element}> {problem}");
        else names?.Add(name, attribute);
        return name;
    }

    /// <summary>Moves to the end of an element that must be empty.</summary>
    public void ReadNothing(ElementShape shape)
    {
        var children = Children(shape);
        while (children.Next(out _)) cursor.Skip();
    }

    /// <summary>Reads the text of an element. The maximum size is <paramref name="max"/> bytes.</summary>
    public string ReadBounded(string element, int max)
    {
        var location = cursor.Location;
        var text = cursor.ReadText(element);
        if (text.Length > max / 3 && Encoding.UTF8.GetByteCount(text) is var bytes && bytes > max)
            findings.Add($"<{element}> is {bytes} bytes long; at most {max} are allowed", location);
        return text;
    }

    /// <summary>Reads a puppet class. The name of the class is the element's text or the value of its attribute.</summary>
    public void ReadClass(ElementShape shape, List<string> classes)
    {
        cursor.CheckAttributes(shape);
        var location = cursor.Location;
        var name = cursor.Attribute("name");
        var text = cursor.ReadText("class").Trim();
        if (cursor.Stopped) return;
        if (name is null == (text.Length == 0))
            findings.Add("<class> needs the name of the class, as its text or in its attribute name", location);
        else if (NameRules.Title(name ?? text, limits) is { } problem) findings.Add($"the class's name {problem}", location);
        if (classes.Count == limits.MaxParametersPerService)
            findings.Add(
                $"more than {limits.MaxParametersPerService} classes in this service; at most {limits.MaxParametersPerService} are allowed",
                location);
        classes.Add(name ?? text);
    }
}
