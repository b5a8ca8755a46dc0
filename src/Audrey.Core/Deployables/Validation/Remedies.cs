using Audrey.Core.Text;

namespace Audrey.Core.Deployables.Validation;

/// <summary>What a name that is not there may have meant, as the end of a sentence.</summary>
internal static class Remedies
{
    private const int Shown = 10;

    /// <summary>The nearest of the names, or the first of them.</summary>
    public static string Suggest(string name, IReadOnlyCollection<string> names)
    {
        if (NearestName.Find(name, names) is { } nearest) return $"; did you mean {NameRules.Show(nearest)}?";
        if (names.Count == 0) return "; there is none at all";
        return $"; there is {string.Join(", ", names.Take(Shown).Select(NameRules.Show))}{(names.Count > Shown ? ", ..." : "")}";
    }
}
