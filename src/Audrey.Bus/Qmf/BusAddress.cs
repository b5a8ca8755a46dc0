namespace Audrey.Bus.Qmf;

/// <summary>
/// A key or a pattern of keys on an exchange. In a pattern of the topic exchange, <c>*</c> is one word and <c>#</c> any number of words.
/// </summary>
/// <param name="Exchange"><see cref="Topic"/> or <see cref="Direct"/>.</param>
/// <param name="Key">The key or the pattern.</param>
public sealed record BusAddress(string Exchange, string Key)
{
    /// <summary>The topic exchange of the domain <c>default</c>.</summary>
    public const string Topic = "qmf.default.topic";

    /// <summary>The direct exchange of the domain <c>default</c>.</summary>
    public const string Direct = "qmf.default.direct";

    /// <summary>
    /// Returns the address in a reply-to or the name of a node: <c>EXCHANGE</c>, <c>EXCHANGE/KEY</c>, both also after <c>/exchange/</c>,
    /// and with options of Qpid (<c>; {...}</c>), which are ignored. Returns null if there is no exchange.
    /// </summary>
    public static BusAddress? TryParse(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > 1024) return null;
        var options = text.IndexOf(';', StringComparison.Ordinal);
        var name = (options < 0 ? text : text[..options]).Trim();
        const string prefix = "/exchange/";
        if (name.StartsWith(prefix, StringComparison.Ordinal)) name = name[prefix.Length..];
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var exchange = slash < 0 ? name : name[..slash];
        return exchange.Length == 0 ? null : new BusAddress(exchange, slash < 0 ? "" : name[(slash + 1)..]);
    }

    /// <summary>Returns whether a key matches a pattern of the topic exchange.</summary>
    public static bool Matches(string pattern, string key) => Matches(pattern.AsSpan(), key.AsSpan());

    /// <inheritdoc/>
    public override string ToString() => Key.Length == 0 ? Exchange : $"{Exchange}/{Key}";

    // Goes back only to the newest "#", so the time is at most the product of the lengths.
    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> key)
    {
        int at = 0, word = 0, resumeAt = -1, resumeWord = 0;
        while (word <= key.Length)
        {
            if (at <= pattern.Length)
            {
                var expected = Word(pattern, at);
                if (expected is "#")
                {
                    resumeAt = at += 2;
                    resumeWord = word;
                    if (at > pattern.Length) return true;
                    continue;
                }

                var actual = Word(key, word);
                if (expected is "*" || expected.SequenceEqual(actual))
                {
                    at += expected.Length + 1;
                    word += actual.Length + 1;
                    continue;
                }
            }

            if (resumeAt < 0) return false;
            at = resumeAt;
            resumeWord += Word(key, resumeWord).Length + 1;
            word = resumeWord;
        }

        while (at <= pattern.Length && Word(pattern, at) is "#") at += 2;
        return at > pattern.Length;
    }

    private static ReadOnlySpan<char> Word(ReadOnlySpan<char> text, int start)
    {
        var rest = text[start..];
        var end = rest.IndexOf('.');
        return end < 0 ? rest : rest[..end];
    }
}
