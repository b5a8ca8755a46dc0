using System.Collections.Immutable;
using Audrey.Core.Text;

namespace Audrey.Core.Xml;

/// <summary>Names that must differ from each other and of which there may be so many.</summary>
/// <param name="cursor">Where findings are reported.</param>
/// <param name="what">What is named, in the singular.</param>
/// <param name="where">Where the names must differ.</param>
/// <param name="max">How many there may be.</param>
/// <param name="plural">What is named, in the plural, where that takes more than an s.</param>
internal sealed class NameSet(XmlCursor cursor, string what, string where, int max, string? plural = null)
{
    /// <summary>Up to so many names are compared one by one, which is faster than a hash set and needs none.</summary>
    private const int Few = 16;

    private readonly List<string> _names = [];
    private HashSet<string>? _set;
    private bool _overflow;

    /// <summary>Takes the name that an attribute of the cursor's element gives.</summary>
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

    /// <summary>The names in the order of their coming.</summary>
    public ImmutableArray<string> ToImmutable() => [.. _names];

    private bool Has(string name)
    {
        if (_set is null && _names.Count > Few) _set = new HashSet<string>(_names, StringComparer.Ordinal);
        return _set?.Contains(name) ?? _names.Contains(name);
    }
}
