using System.Text;

namespace Audrey.Core.Instances;

/// <summary>Masks secrets in the output of a service, and keeps the end of the output.</summary>
public static class OutputMask
{
    /// <summary>The string that replaces a secret.</summary>
    public const string Mask = "[secret]";

    /// <summary>
    /// Minimum length at which a piece of a secret is masked. A shorter piece discloses almost nothing and occurs in almost any output.
    /// </summary>
    private const int MinPieceLength = 3;

    /// <summary>Returns the end of the output, at most <paramref name="maxBytes"/> bytes of UTF-8, with every secret masked.</summary>
    /// <param name="text">The output, or its last part.</param>
    /// <param name="secrets">The secrets. Empty secrets are ignored. If several secrets begin at one position, the longest is
    /// masked.</param>
    /// <param name="maxBytes">The maximum size.</param>
    public static string Tail(string text, IEnumerable<string> secrets, int maxBytes)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] byLength =
        [
            .. secrets.Where(secret => secret.Length > 0).Distinct(StringComparer.Ordinal).OrderByDescending(secret => secret.Length),
        ];
        return End(Masked(text, byLength), maxBytes);
    }

    private static string Masked(string text, string[] secrets)
    {
        if (secrets.Length == 0) return text;
        var masked = new StringBuilder(text.Length);
        var at = CutOffAtTheStart(text, secrets);
        if (at > 0) masked.Append(Mask);
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
                masked.Append(Mask);
                at += found;
            }
        }

        return masked.ToString();
    }

    /// <summary>
    /// Returns the length of the piece of a secret at the start of the output. The guest sends only the last part of the output, which can
    /// begin in the middle of a secret.
    /// </summary>
    private static int CutOffAtTheStart(string text, string[] secrets)
    {
        var cutLength = 0;
        foreach (var secret in secrets)
            for (var length = Math.Min(secret.Length - 1, text.Length); length >= MinPieceLength && length > cutLength; length--)
                if (text.AsSpan().StartsWith(secret.AsSpan(secret.Length - length), StringComparison.Ordinal)) cutLength = length;
        return cutLength;
    }

    private static string End(string text, int maxBytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= maxBytes) return text;
        var (start, bytes) = (text.Length, 0);
        while (start > 0)
        {
            var units = start > 1 && char.IsLowSurrogate(text[start - 1]) && char.IsHighSurrogate(text[start - 2]) ? 2 : 1;
            var size = Encoding.UTF8.GetByteCount(text.AsSpan(start - units, units));
            if (bytes + size > maxBytes) break;
            (start, bytes) = (start - units, bytes + size);
        }

        return text[start..];
    }
}
