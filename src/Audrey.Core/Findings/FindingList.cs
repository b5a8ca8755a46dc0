using System.Collections.Immutable;

namespace Audrey.Core.Findings;

/// <summary>Collects findings. The first <see cref="Capacity"/> findings are kept, and the other findings are counted.</summary>
internal sealed class FindingList
{
    /// <summary>The number of findings that are kept.</summary>
    public const int Capacity = 100;

    private readonly List<Finding> _findings = [];
    private int _dropped;

    /// <summary>Whether there is any finding.</summary>
    public bool Any => _findings.Count > 0;

    /// <summary>Whether a further finding would only be counted. If so, its message need not be created.</summary>
    public bool Full => _findings.Count >= Capacity;

    /// <summary>Adds a finding.</summary>
    public void Add(string message, SourceLocation location)
    {
        if (Full) _dropped++;
        else _findings.Add(new Finding(message, location.Line, location.Column));
    }

    /// <summary>Counts a finding without keeping it.</summary>
    public void Count() => _dropped++;

    /// <summary>The number of findings that were counted and not kept.</summary>
    public int Dropped => _dropped;

    /// <summary>Returns the message that replaces the findings that were not kept.</summary>
    public static string More(int count) => $"and {count} more";

    /// <summary>
    /// The findings that were kept, in document order. The order must be restored, because a missing child is detected at the end of its
    /// parent element but reported at the start of that element.
    /// </summary>
    public IEnumerable<Finding> Kept() => _findings.OrderBy(finding => finding.Line).ThenBy(finding => finding.Column);

    /// <summary>Returns the findings in document order. If some findings were not kept, the last finding states their number.</summary>
    public ImmutableArray<Finding> ToImmutable() => _dropped == 0
        ? [.. Kept()]
        : [.. Kept(), new Finding(More(_dropped), _findings[^1].Line, _findings[^1].Column)];
}

/// <summary>A location in a document.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column in that line, from 1.</param>
internal readonly record struct SourceLocation(int Line, int Column);
