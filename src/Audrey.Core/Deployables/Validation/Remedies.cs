using Audrey.Core.Limits;
using Audrey.Core.Text;

namespace Audrey.Core.Deployables.Validation;

/// <summary>Suggests the intended name for an unknown name, as the end of a sentence.</summary>
internal static class Remedies
{
    private const int Shown = 10;

    /// <summary>Suggests the nearest of the names, or lists the first of them.</summary>
    public static string Suggest(string name, IReadOnlyCollection<string> names)
    {
        if (NearestName.Find(name, names) is { } nearest) return $"; did you mean {NameRules.Show(nearest)}?";
        if (names.Count == 0) return "; there are none";
        return $"; known names: {string.Join(", ", names.Take(Shown).Select(NameRules.Show))}{(names.Count > Shown ? ", ..." : "")}";
    }
}
