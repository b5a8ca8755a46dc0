namespace Audrey.Testing.Fuzzing;

/// <summary>
/// Mutates valid input. A mutation changes, removes or duplicates bytes and keywords, or copies them from another input.
/// </summary>
public static class Mutations
{
    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "<", ">", "&", "\"", "'", "/", "=", "<!", "[", "]", "-", "?", ":", ";", " "
            + "", "\n", "]]>", "<![CDATA[", "<!--", "<?xml", "&#0;", "{", "}", ",", "*", "&a", "*a",
            "!!int ", "!", "|", "|-", ">+9", "%YAML 1.3", "---", "...", "\t", "#", "@", "`", "\\", "\"\\x", "? ", "- ", ": ", "<<: "
            + "", "\r", "\u0085", "\u2028", "\ufeff", "\0",
            "all: true", "first: 0", "from: web", "count: 2147483648", "audrey: 1", "  ", "      ", "~", "''", "[[", "{{", "1e999", "<!DOCTYPE x>",
            "null", "\\ud800", "\\u0000", "-1", "1e-400", "9223372036854775808", "\"\":", ",,", "[{", "[].", "=", "\u00fc",
        }.Select(System.Text.Encoding.UTF8.GetBytes),
    ];

    /// <summary>Returns a copy of an input with one to five mutations.</summary>
    /// <param name="seed">The input. An empty input has no mutations.</param>
    /// <param name="other">The input that parts are copied from.</param>
    /// <param name="random">Decides the mutations.</param>
    public static byte[] Mutate(byte[] seed, byte[] other, Random random)
    {
        var document = seed.ToList();
        for (var i = random.Next(5); i >= 0 && document.Count > 0; i--)
        {
            var at = random.Next(document.Count);
            switch (random.Next(5))
            {
                case 0:
                    document[at] = (byte)random.Next(256);
                    break;
                case 1:
                    document.RemoveRange(at, Math.Min(random.Next(12), document.Count - at));
                    break;
                case 2:
                    document.InsertRange(at, document.GetRange(at, Math.Min(random.Next(60), document.Count - at)));
                    break;
                case 3:
                    var from = random.Next(other.Length + 1);
                    document.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(60), other.Length - from)).ToArray());
                    break;
                default:
                    document.InsertRange(at, Words[random.Next(Words.Length)]);
                    break;
            }
        }

        return [.. document];
    }
}
