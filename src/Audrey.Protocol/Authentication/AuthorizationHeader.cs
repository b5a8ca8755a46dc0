namespace Audrey.Protocol.Authentication;

/// <summary>Reads the parameters of an <c>Authorization: OAuth</c> header (RFC 5849, section 3.5.1).</summary>
internal static class AuthorizationHeader
{
    private const string SchemeName = "OAuth";

    /// <summary>Returns the text after the scheme. Empty if the header is absent or has another scheme.</summary>
    public static ReadOnlySpan<char> GetParameters(ReadOnlySpan<char> header)
    {
        header = header.TrimStart(" \t");
        if (!header.StartsWith(SchemeName, StringComparison.OrdinalIgnoreCase)) return default;

        var rest = header[SchemeName.Length..];
        return rest.IsEmpty || rest[0] is not (' ' or '\t') ? default : rest;
    }

    /// <summary>Adds every parameter except <c>realm</c>. Returns false if the text is not a list of <c>name="value"</c>.</summary>
    public static bool TryCollect(scoped ReadOnlySpan<byte> text, ref SignedParameters parameters)
    {
        while (true)
        {
            text = text.TrimStart(" \t,"u8);
            if (text.IsEmpty) return true;

            var equals = text.IndexOf((byte)'=');
            if (equals <= 0) return false;

            var name = text[..equals].TrimEnd(" \t"u8);
            text = text[(equals + 1)..].TrimStart(" \t"u8);
            if (name.IndexOfAny("\", \t"u8) >= 0 || !TryTakeValue(ref text, out var value)) return false;

            if (!System.Text.Ascii.EqualsIgnoreCase(name, "realm"u8)) parameters.Add(name, value, ParameterLocation.Header);
        }
    }

    private static bool TryTakeValue(ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> value)
    {
        if (text.IsEmpty || text[0] != '"')
        {
            var end = text.IndexOf((byte)',');
            value = (end < 0 ? text : text[..end]).TrimEnd(" \t"u8);
            text = end < 0 ? default : text[end..];
            return value.IndexOfAny("\" \t"u8) < 0;
        }

        text = text[1..];
        var close = ClosingQuote(text);
        value = close < 0 ? default : text[..close];
        text = close < 0 ? default : text[(close + 1)..].TrimStart(" \t"u8);
        return close >= 0 && (text.IsEmpty || text[0] == ',');
    }

    private static int ClosingQuote(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"') return i;

            // A quoted-pair can occur only in a realm, because every other value is percent-encoded.
            if (text[i] == '\\') i++;
        }

        return -1;
    }
}
