using Audrey.Core.Limits;
using Audrey.Core.Text;

namespace Audrey.Core.Deployables.Validation;

/// <summary>Suggests which known name was meant by an unknown name. The suggestion is the end of a sentence.</summary>
internal static class Remedies
{
    private const int Shown = 10;

    /// <summary>Suggests the nearest name. If no name is near, lists the first names.</summary>
    public static string Suggest(string name, IReadOnlyCollection<string> names)
    {
        if (NearestName.Find(name, names) is { } nearest) return $"; did you mean {NameRules.Show(nearest)}?";
        if (names.Count == 0) return "; there are none";
        return $"; known names: {string.Join(", ", names.Take(Shown).Select(NameRules.Show))}{(names.Count > Shown ? ", ..." : "")}";
    }
}
