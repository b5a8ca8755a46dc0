using System.Text;

namespace Audrey.Core.Instances;

/// <summary>Blots secrets out of what a service printed, and keeps the end of it.</summary>
public static class OutputMask
{
    /// <summary>What stands in the place of a secret.</summary>
    public const string Blot = "[secret]";

    /// <summary>A piece of a secret that short tells nothing, and would be found everywhere.</summary>
    private const int MinPieceLength = 3;

    /// <summary>The text's end, in at most <paramref name="most"/> bytes of UTF-8, with every occurrence of a secret blotted out.</summary>
    /// <param name="text">What was printed, or the end of it.</param>
    /// <param name="secrets">The secrets; empty ones count for nothing. Where several begin at one place the longest is blotted
    /// out.</param>
    /// <param name="most">The bound.</param>
    public static string Tail(string text, IEnumerable<string> secrets, int most)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] longestFirst =
        [
            .. secrets.Where(secret => secret.Length > 0).Distinct(StringComparer.Ordinal).OrderByDescending(secret => secret.Length),
        ];
        return End(Masked(text, longestFirst), most);
    }

    private static string Masked(string text, string[] secrets)
    {
        if (secrets.Length == 0) return text;
        var masked = new StringBuilder(text.Length);
        var at = CutOffAtTheStart(text, secrets);
        if (at > 0) masked.Append(Blot);
        while (at < text.Length)
        {
            var rest = text.AsSpan(at);
            var found = 0;
            foreach (var secret in secrets)
            {
                if (!rest.StartsWith(secret, StringComparison.Ordinal)) continue;
                found = secret.Length;
                break;
            }

            if (found == 0) masked.Append(text[at++]);
            else
            {
                masked.Append(Blot);
                at += found;
            }
        }

        return masked.ToString();
    }

    /// <summary>The guest sends a tail: it may begin in the middle of a secret.</summary>
    private static int CutOffAtTheStart(string text, string[] secrets)
    {
        var longest = 0;
        foreach (var secret in secrets)
            for (var length = Math.Min(secret.Length - 1, text.Length); length >= MinPieceLength && length > longest; length--)
                if (text.AsSpan().StartsWith(secret.AsSpan(secret.Length - length), StringComparison.Ordinal)) longest = length;
        return longest;
    }

    private static string End(string text, int most)
    {
        if (Encoding.UTF8.GetByteCount(text) <= most) return text;
        var (start, bytes) = (text.Length, 0);
        while (start > 0)
        {
            var units = start > 1 && char.IsLowSurrogate(text[start - 1]) && char.IsHighSurrogate(text[start - 2]) ? 2 : 1;
            var size = Encoding.UTF8.GetByteCount(text.AsSpan(start - units, units));
            if (bytes + size > most) break;
            (start, bytes) = (start - units, bytes + size);
        }

        return text[start..];
    }
}
