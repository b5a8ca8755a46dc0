namespace Audrey.Core.Text;

/// <summary>Finds the allowed name that a misspelt name probably stands for.</summary>
public static class NearestName
{
    private const int MaxNameLength = 64;
    private const int MaxEdits = 2;
    private const int TooMany = 1_000;

    /// <summary>Returns the nearest of the allowed names. Returns null if no name is at most two edits away.</summary>
    public static string? Find(string name, IEnumerable<string> allowed)
    {
        if (name.Length > MaxNameLength) return null;
        string? nearest = null;
        var best = MaxEdits + 1;
        foreach (var candidate in allowed)
        {
            if (Math.Abs(candidate.Length - name.Length) >= best) continue;
            var edits = Edits(name, candidate);
            if (edits >= best || edits * 2 > candidate.Length) continue;
            best = edits;
            nearest = candidate;
        }

        return nearest;
    }

    /// <summary>
    /// Returns the number of insertions, deletions, replacements and swaps of adjacent characters that turn one name into the other. Case
    /// is ignored. The number is exact only up to two. This saves time, because a deployable can have thousands of names to compare.
    /// </summary>
    private static int Edits(ReadOnlySpan<char> from, ReadOnlySpan<char> to)
    {
        var begin = 0;
        while (begin < from.Length && begin < to.Length && Same(from[begin], to[begin])) begin++;
        from = from[begin..];
        to = to[begin..];
        var end = 0;
        while (end < from.Length && end < to.Length && Same(from[^(end + 1)], to[^(end + 1)])) end++;
        from = from[..^end];
        to = to[..^end];
        Span<int> before = stackalloc int[to.Length + 1];
        Span<int> last = stackalloc int[to.Length + 1];
        Span<int> row = stackalloc int[to.Length + 1];
        for (var j = 0; j <= to.Length; j++) last[j] = j;
        for (var i = 1; i <= from.Length; i++)
        {
            // Cells that are more than two away from the diagonal need more than two edits.
            row.Fill(TooMany);
            if (i <= MaxEdits) row[0] = i;
            var best = row[0];
            for (var j = Math.Max(1, i - MaxEdits); j <= Math.Min(to.Length, i + MaxEdits); j++)
            {
                var cost = Same(from[i - 1], to[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && Same(from[i - 1], to[j - 2]) && Same(from[i - 2], to[j - 1]))
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                best = Math.Min(best, row[j]);
            }

            // A swap adds one edit to a cell of the row before the previous one.
            if (best > MaxEdits + 1) return TooMany;
            var free = before;
            before = last;
            last = row;
            row = free;
        }

        return last[to.Length];
    }

    private static bool Same(char a, char b) => a == b || char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
