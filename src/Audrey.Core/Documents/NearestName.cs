namespace Audrey.Core.Documents;

/// <summary>Which of the allowed names a misspelt one was meant to be.</summary>
public static class NearestName
{
    private const int LongestName = 64;

    /// <summary>The allowed name that is at most two edits away, or null when none is that near.</summary>
    public static string? Of(string name, IEnumerable<string> allowed)
    {
        if (name.Length > LongestName) return null;
        string? nearest = null;
        var least = 3;
        foreach (var candidate in allowed)
        {
            if (Math.Abs(candidate.Length - name.Length) >= least) continue;
            var edits = Edits(name, candidate, least);
            if (edits >= least || edits * 2 > candidate.Length) continue;
            least = edits;
            nearest = candidate;
        }

        return nearest;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that make one name of the other; case does not count.</summary>
    /// <remarks>Ends early once there are more than <paramref name="most"/>, as a deployable may have thousands of names to try.</remarks>
    private static int Edits(string from, string to, int most)
    {
        Span<int> before = stackalloc int[to.Length + 1];
        Span<int> last = stackalloc int[to.Length + 1];
        Span<int> row = stackalloc int[to.Length + 1];
        for (var j = 0; j <= to.Length; j++) last[j] = j;
        for (var i = 1; i <= from.Length; i++)
        {
            row[0] = i;
            var best = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var cost = Same(from[i - 1], to[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && Same(from[i - 1], to[j - 2]) && Same(from[i - 2], to[j - 1])) row[j] = Math.Min(row[j], before[j - 2] + 1);
                best = Math.Min(best, row[j]);
            }

            // A swap of neighbours reaches back two rows, and adds one.
            if (best > most) return best;
            var free = before;
            before = last;
            last = row;
            row = free;
        }

        return last[to.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
