using System.Text;
using System.Xml;
using Audrey.Core.Findings;
using Audrey.Core.Limits;
using Audrey.Core.Text;

namespace Audrey.Core.Xml;

/// <summary>
/// Walks through a document once, from start to end, and collects findings. The cursor stops if the document is not well-formed XML or is
/// nested too deeply. Then every loop over children ends, and no more findings are reported.
/// </summary>
/// <param name="reader">The document.</param>
/// <param name="findings">Receives the errors in the document.</param>
/// <param name="root">The root element that the document must begin with, for the finding about an empty document.</param>
/// <param name="repaired">The repaired document that is read. Null if the document is read as it was sent.</param>
internal sealed class XmlCursor(XmlReader reader, FindingList findings, string root, RepairedXml? repaired = null)
{
    /// <summary>
    /// Maximum depth of nesting. The schemas need a quarter of this depth, and the memory of the reader grows with each level.
    /// </summary>
    private const int MaxDepth = 32;

    private readonly IXmlLineInfo _lines = (IXmlLineInfo)reader;
    private bool _rootSeen;

    /// <summary>Whether the cursor stopped before the end of the document.</summary>
    public bool Stopped { get; private set; }

    /// <summary>The location of the cursor.</summary>
    public SourceLocation Location => Original(new(_lines.LineNumber, _lines.LinePosition));

    public XmlNodeType NodeType => reader.NodeType;

    public string Name => reader.Name;

    public int Depth => reader.Depth;

    public bool IsEmptyElement => reader.IsEmptyElement;

    /// <summary>Moves to the next node. Returns false at the end of the document and once the cursor has stopped.</summary>
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

    /// <summary>Moves to the root element.</summary>
    public bool ReadToRoot()
    {
        while (Read())
            if (NodeType == XmlNodeType.Element) return true;
        return false;
    }

    /// <summary>Moves to the end of the current element and ignores its content.</summary>
    public void Skip()
    {
        if (IsEmptyElement) return;
        var depth = Depth;
        while (Read())
            if (Depth == depth && NodeType == XmlNodeType.EndElement) return;
    }

    /// <summary>Adds a finding at the location of the cursor.</summary>
    public void Report(string message) => findings.Add(message, Location);

    /// <summary>Adds a finding at an attribute of the current element.</summary>
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

    /// <summary>
    /// Returns the location of an attribute of the current element. Returns the location of the element if the element has no such
    /// attribute.
    /// </summary>
    public SourceLocation LocationOf(string attribute)
    {
        if (!reader.MoveToAttribute(attribute)) return Location;
        var location = Location;
        reader.MoveToElement();
        return location;
    }

    /// <summary>Returns the value of an attribute of the current element, or null.</summary>
    public string? Attribute(string name) => reader.GetAttribute(name);

    /// <summary>Returns the exact text of the current element and leaves the cursor at the end of the element.</summary>
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
                Report($"<{NameRules.Show(Name)}> is not allowed in <{element}>, which may contain text only; write < in text as &lt;");
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

    /// <summary>
    /// Returns the text of the current node. The .NET reader parses the rest of a long text only at this point, so an error is possible
    /// here.
    /// </summary>
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

    private SourceLocation Original(SourceLocation location) => repaired?.Original(location) ?? location;

    private void StopAt(XmlException error)
    {
        // The reader reports no location for a document type. The location of the last node that was read is close to the document type.
        var location = error.LineNumber > 0 ? Original(new(error.LineNumber, error.LinePosition)) : Location;
        findings.Add(
            MalformedXml.Describe(error, _rootSeen, root), new SourceLocation(Math.Max(1, location.Line), Math.Max(1, location.Column)));
        Stopped = true;
    }
}
