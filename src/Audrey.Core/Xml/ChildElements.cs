using System.Diagnostics.CodeAnalysis;
using System.Xml;
using Audrey.Core.Findings;
using Audrey.Core.Limits;
using Audrey.Core.Text;

namespace Audrey.Core.Xml;

/// <summary>
/// Walks through the children of the element at the cursor. Children that are not declared, out of order, repeated or missing are reported.
/// The caller must leave the cursor at the end of each child.
/// </summary>
internal struct ChildElements(XmlCursor cursor, FindingList findings, ElementShape shape)
{
    private readonly SourceLocation _start = cursor.Location;
    private readonly int _depth = cursor.Depth;
    private readonly bool _empty = cursor.IsEmptyElement;
    private int _at;
    private ulong _seen;
    private bool _textReported;

    /// <summary>Moves to the next declared child. Returns false at the end of the element.</summary>
    public bool Next([NotNullWhen(true)] out string? child)
    {
        child = null;
        if (_empty)
        {
            ReportMissing();
            return false;
        }

        while (cursor.Read())
        {
            switch (cursor.NodeType)
            {
                case XmlNodeType.EndElement when cursor.Depth == _depth:
                    ReportMissing();
                    return false;
                case XmlNodeType.Element when shape.IndexOf(cursor.Name) is >= 0 and var index:
                    CheckOrder(index);
                    child = shape.Children[index].Name;
                    return true;
                case XmlNodeType.Element:
                    ReportUndeclared();
                    cursor.Skip();
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA:
                    ReportText();
                    break;
            }
        }

        return false;
    }

    private void CheckOrder(int index)
    {
        var (name, _, many) = shape.Children[index];
        if (!many && Saw(index)) cursor.Report($"a second <{name}> in <{shape.Name}>; one is allowed");
        else if (index < _at && !shape.AnyOrder)
            cursor.Report($"<{name}> comes too late in <{shape.Name}>; it must come before <{shape.Children[_at].Name}>");
        _at = Math.Max(_at, index);
        _seen |= 1UL << index;
    }

    private readonly void ReportMissing()
    {
        for (var i = 0; i < shape.Children.Length; i++)
        {
            var (name, needed, many) = shape.Children[i];
            if (needed && !Saw(i)) findings.Add($"<{shape.Name}> needs {(many ? "at least one" : "the element")} <{name}>", _start);
        }
    }

    private readonly void ReportUndeclared()
    {
        if (findings.Full)
        {
            findings.Count();
            return;
        }

        var allowed = shape.Children.Select(child => child.Name).ToArray();
        var remedy = NearestName.Find(cursor.Name, allowed) is { } nearest ? $"; did you mean <{nearest}>?"
            : allowed.Length > 0 ? $"; it may contain {string.Join(", ", allowed.Select(name => $"<{name}>"))}"
            : ", which must be empty";
        cursor.Report($"<{NameRules.Show(cursor.Name)}> is not allowed in <{shape.Name}>{remedy}");
    }

    private void ReportText()
    {
        if (_textReported) return;
        _textReported = true;
        cursor.Report(
            $"text is not allowed in <{shape.Name}>, which {(shape.Children.IsEmpty ? "must be empty" : "may contain elements only")}");
    }

    private readonly bool Saw(int index) => (_seen & (1UL << index)) != 0;
}
