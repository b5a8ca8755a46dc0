using System.Text;
using System.Xml;
using Audrey.Core.Findings;
using Audrey.Core.Text;

namespace Audrey.Core.Xml;

/// <summary>
/// Walks a document once, from its beginning to its end, and collects what is wrong. When the document is not XML at all, or nests
/// too deeply, it stops: every loop over children then ends, and nothing is said any more of what would have come.
/// </summary>
/// <param name="reader">The document.</param>
/// <param name="findings">What is wrong with it.</param>
/// <param name="root">What it must begin with, as an empty document is told.</param>
internal sealed class XmlCursor(XmlReader reader, FindingList findings, string root)
{
    /// <summary>Deepest nesting. The schema needs a quarter of it; the reader's memory grows with each level.</summary>
    private const int MaxDepth = 32;

    private readonly IXmlLineInfo _lines = (IXmlLineInfo)reader;
    private bool _rootSeen;

    /// <summary>Whether the document could not be read to its end.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Where the cursor stands.</summary>
    public SourceLocation Location => new(_lines.LineNumber, _lines.LinePosition);

    public XmlNodeType NodeType => reader.NodeType;

    public string Name => reader.Name;

    public int Depth => reader.Depth;

    public bool IsEmptyElement => reader.IsEmptyElement;

    /// <summary>Goes to the next node; false at the end of the document and after the cursor stopped.</summary>
    public bool Read()
    {
        if (Stopped) return false;
        try
        {
            if (!reader.Read()) return false;
        }
        catch (XmlException error)
        {
            StopAt(error);
            return false;
        }

        _rootSeen |= reader.NodeType == XmlNodeType.Element;
        if (reader.Depth <= MaxDepth) return true;
        Report($"elements are nested more than {MaxDepth} deep; no document of this kind needs more than 8 levels");
        Stopped = true;
        return false;
    }

    /// <summary>Goes to the root element.</summary>
    public bool ReadToRoot()
    {
        while (Read())
            if (NodeType == XmlNodeType.Element) return true;
        return false;
    }

    /// <summary>Goes to the end of the current element, whatever it holds.</summary>
    public void Skip()
    {
        if (IsEmptyElement) return;
        var depth = Depth;
        while (Read())
            if (Depth == depth && NodeType == XmlNodeType.EndElement) return;
    }

    /// <summary>Says what is wrong where the cursor stands.</summary>
    public void Report(string message) => findings.Add(message, Location);

    /// <summary>Says what is wrong with an attribute of the current element.</summary>
    public void ReportAttribute(string attribute, string message)
    {
        var found = reader.MoveToAttribute(attribute);
        findings.Add(message, Location);
        if (found) reader.MoveToElement();
    }

    /// <summary>Reports attributes of the current element that are missing or not declared.</summary>
    public void CheckAttributes(ElementShape shape)
    {
        var present = 0;
        if (reader.MoveToFirstAttribute())
        {
            do
            {
                var name = reader.Name;
                if (shape.Required.Contains(name)) present++;
                else if (!shape.Optional.Contains(name)) ReportUndeclaredAttribute(shape, name);
            }
            while (reader.MoveToNextAttribute());
            reader.MoveToElement();
        }

        if (present == shape.Required.Length) return;
        foreach (var attribute in shape.Required)
            if (reader.GetAttribute(attribute) is null) Report($"<{shape.Name}> needs the attribute {attribute}");
    }

    /// <summary>Where an attribute of the current element stands; the element's own place when it has none of that name.</summary>
    public SourceLocation LocationOf(string attribute)
    {
        if (!reader.MoveToAttribute(attribute)) return Location;
        var location = Location;
        reader.MoveToElement();
        return location;
    }

    /// <summary>The value of an attribute of the current element, or null.</summary>
    public string? Attribute(string name) => reader.GetAttribute(name);

    /// <summary>The text of the current element, exactly as it stands there; the cursor is then at the element's end.</summary>
    public string ReadText(string element)
    {
        if (IsEmptyElement) return "";
        var depth = Depth;
        string? text = null;
        StringBuilder? more = null;
        while (Read())
        {
            if (NodeType == XmlNodeType.EndElement && Depth == depth) break;
            if (NodeType == XmlNodeType.Element)
            {
                Report($"<{NameRules.Show(Name)}> is not allowed in <{element}>, which holds text only; write < in text as &lt;");
                Skip();
                continue;
            }

            var part = Value();
            if (text is null) text = part;
            else (more ??= new StringBuilder(text)).Append(part);
        }

        return more?.ToString() ?? text ?? "";
    }

    private void ReportUndeclaredAttribute(ElementShape shape, string name)
    {
        if (findings.Full)
        {
            findings.Count();
            return;
        }

        string[] allowed = [.. shape.Required, .. shape.Optional];
        var remedy = NearestName.Find(name, allowed) is { } nearest ? $"; did you mean {nearest}?"
            : allowed.Length > 0 ? $"; it may have {string.Join(", ", allowed)}"
            : "; it has none";
        Report($"<{shape.Name}> has no attribute {NameRules.Show(name)}{remedy}");
    }

    /// <summary>The text of the current node. The reader parses the end of a long text only here, so this may find it malformed.</summary>
    private string Value()
    {
        try
        {
            return reader.Value;
        }
        catch (XmlException error)
        {
            StopAt(error);
            return "";
        }
    }

    private void StopAt(XmlException error)
    {
        // The reader says nowhere where a document type stands; the place of what it read last is near it.
        var location = error.LineNumber > 0 ? new SourceLocation(error.LineNumber, error.LinePosition) : Location;
        findings.Add(
            MalformedXml.Describe(error, _rootSeen, root), new SourceLocation(Math.Max(1, location.Line), Math.Max(1, location.Column)));
        Stopped = true;
    }
}
