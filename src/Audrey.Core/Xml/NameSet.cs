using System.Collections.Immutable;
using Audrey.Core.Findings;
using Audrey.Core.Limits;

namespace Audrey.Core.Xml;

/// <summary>A set of names that must be unique. The number of names is limited.</summary>
/// <param name="cursor">The cursor, at whose location findings are reported.</param>
/// <param name="what">The kind of the named parts, in the singular.</param>
/// <param name="where">The scope in which the names must be unique.</param>
/// <param name="max">The maximum number of names.</param>
/// <param name="plural">The kind in the plural, if the plural is not formed with an s.</param>
/// <param name="forgiven">
/// Receives a finding for each repeated name, whose last occurrence then counts. Null if repeated names are refused.
/// </param>
internal sealed class NameSet(
    XmlCursor cursor, string what, string where, int max, string? plural = null, FindingList? forgiven = null)
{
    /// <summary>
    /// Up to this number of names, each name is compared with all others. For so few names this is faster than a hash set.
    /// </summary>
    private const int Few = 16;

    private readonly List<string> _names = [];
    private Dictionary<string, int>? _indexes;
    private bool _overflow;

    /// <summary>Adds the name in an attribute of the cursor's element.</summary>
    public void Add(string name, string attribute)
    {
        if (IndexOf(name) >= 0)
        {
            var second = $"a second {what} {NameRules.Show(name)} in {where}";
            if (forgiven is null) cursor.ReportAttribute(attribute, $"{second}; names must be unique");
            else forgiven.Add($"{second}; the last one counts", cursor.LocationOf(attribute));
        }
        else if (_names.Count < max)
        {
            _indexes?.Add(name, _names.Count);
            _names.Add(name);
        }
        else if (!_overflow)
        {
            _overflow = true;
            cursor.Report($"more than {max} {plural ?? what + "s"} in {where}; at most {max} are allowed");
        }
    }

    /// <summary>Returns the names in the order in which they were added.</summary>
    public ImmutableArray<string> ToImmutable() => [.. _names];

    /// <summary>Adds the part of a name that was added to this set. The part replaces an earlier part of the same name.</summary>
    /// <param name="parts">The parts, in the order of their names.</param>
    /// <param name="name">The name.</param>
    /// <param name="part">The part.</param>
    public void Put<T>(List<T> parts, string name, T part)
    {
        if (IndexOf(name) is >= 0 and var index && index < parts.Count) parts[index] = part;
        else parts.Add(part);
    }

    private int IndexOf(string name)
    {
        if (_indexes is null && _names.Count > Few)
            _indexes = _names.Index().ToDictionary(each => each.Item, each => each.Index, StringComparer.Ordinal);
        return _indexes is null ? _names.IndexOf(name) : _indexes.GetValueOrDefault(name, -1);
    }
}
