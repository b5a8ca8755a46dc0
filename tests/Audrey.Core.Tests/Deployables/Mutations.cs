namespace Audrey.Core.Tests.Deployables;

/// <summary>
/// Mutates valid documents. A mutation changes, removes or duplicates bytes and keywords, or copies them from another document.
/// </summary>
internal static class Mutations
{
    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "<", ">", "&", "\"", "'", "/", "=", "<!", "[", "]", "-", "?", ":", ";", " "
            + "", "\n", "]]>", "<![CDATA[", "<!--", "<?xml", "&#0;", "{", "}", ",", "*", "&a", "*a",
            "!!int ", "!", "|", "|-", ">+9", "%YAML 1.3", "---", "...", "\t", "#", "@", "`", "\\", "\"\\x", "? ", "- ", ": ", "<<: "
            + "", "\r", "\u0085", "\u2028", "\ufeff", "\0",
            "all: true", "first: 0", "from: web", "count: 2147483648", "audrey: 1", "  ", "      ", "~", "''", "[[", "{{", "1e999",
        }.Select(System.Text.Encoding.UTF8.GetBytes),
    ];

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
