using System.Collections.Immutable;

namespace Audrey.Core.Findings;

/// <summary>Collects findings: the first <see cref="Capacity"/> one by one, the rest as a number.</summary>
internal sealed class FindingList
{
    /// <summary>Findings kept one by one.</summary>
    public const int Capacity = 100;

    private readonly List<Finding> _findings = [];
    private int _dropped;

    /// <summary>Whether anything is wrong.</summary>
    public bool Any => _findings.Count > 0;

    /// <summary>Whether a further finding would only be counted, so that its text need not be made.</summary>
    public bool Full => _findings.Count >= Capacity;

    /// <summary>Takes one finding.</summary>
    public void Add(string message, SourceLocation location)
    {
        if (Full) _dropped++;
        else _findings.Add(new Finding(message, location.Line, location.Column));
    }

    /// <summary>Counts a finding for which there is no room.</summary>
    public void Count() => _dropped++;

    /// <summary>How many were counted only.</summary>
    public int Dropped => _dropped;

    /// <summary>What stands for findings that are counted only.</summary>
    public static string More(int count) => $"and {count} more";

    /// <summary>Those kept, in document order: what an element lacks is known at its end and reported at its beginning.</summary>
    public IEnumerable<Finding> Kept() => _findings.OrderBy(finding => finding.Line).ThenBy(finding => finding.Column);

    /// <summary>The findings in document order, and how many more there are.</summary>
    public ImmutableArray<Finding> ToImmutable() => _dropped == 0
        ? [.. Kept()]
        : [.. Kept(), new Finding(More(_dropped), _findings[^1].Line, _findings[^1].Column)];
}

/// <summary>A place in a document, both numbers from 1.</summary>
internal readonly record struct SourceLocation(int Line, int Column);
