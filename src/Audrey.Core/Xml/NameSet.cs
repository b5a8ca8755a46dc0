using System.Collections.Immutable;
using Audrey.Core.Limits;

namespace Audrey.Core.Xml;

/// <summary>A set of names that must be unique. The number of names is limited.</summary>
/// <param name="cursor">Where findings are reported.</param>
/// <param name="what">The kind of thing that is named, in the singular.</param>
/// <param name="where">The scope in which the names must be unique.</param>
/// <param name="max">The maximum number of names.</param>
/// <param name="plural">The kind of thing in the plural, if that is not formed with an s.</param>
internal sealed class NameSet(XmlCursor cursor, string what, string where, int max, string? plural = null)
{
    /// <summary>Up to this number, names are compared individually, which is faster than a hash set.</summary>
    private const int Few = 16;

    private readonly List<string> _names = [];
    private HashSet<string>? _set;
    private bool _overflow;

    /// <summary>Adds the name in an attribute of the cursor's element.</summary>
    public void Add(string name, string attribute)
    {
        if (Has(name))
        {
            cursor.ReportAttribute(attribute, $"a second {what} {NameRules.Show(name)} in {where}; names must be unique");
        }
        else if (_names.Count < max)
        {
            _names.Add(name);
            _set?.Add(name);
        }
        else if (!_overflow)
        {
            _overflow = true;
            cursor.Report($"more than {max} {plural ?? what + "s"} in {where}; at most {max} are allowed");
        }
    }

    /// <summary>Returns the names in the order in which they were added.</summary>
    public ImmutableArray<string> ToImmutable() => [.. _names];

    private bool Has(string name)
    {
        if (_set is null && _names.Count > Few) _set = new HashSet<string>(_names, StringComparer.Ordinal);
        return _set?.Contains(name) ?? _names.Contains(name);
    }
}
