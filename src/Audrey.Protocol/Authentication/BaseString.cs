using System.Text;

namespace Audrey.Protocol.Authentication;

/// <summary>Writes the signature base string (RFC 5849, section 3.4.1).</summary>
internal static class BaseString
{
    /// <summary>The separator between two parameters. <see cref="WriteParameter"/> writes one after each parameter.</summary>
    public static ReadOnlySpan<byte> Separator => "%26"u8;

    public static int MaxHeadBytes(in OAuthMessage message) =>
        (message.Method.Length + message.Scheme.Length + message.Host.Length + message.Path.Length + 8) * 9;

    /// <summary>
    /// Writes <c>METHOD&amp;URI&amp;</c> and returns its length. Sets <paramref name="path"/> to the range of the path in the output.
    /// </summary>
    /// <remarks>
    /// The path is signed as it is on the wire, including its escapes: <c>%20</c> becomes <c>%2520</c>. python-oauth2, oauthlib and
    /// ruby-oauth do the same; none of them normalises escapes.
    /// </remarks>
    public static int WriteHead(in OAuthMessage message, Span<byte> destination, out Range path)
    {
        var written = 0;
        WriteUpper(message.Method, destination, ref written);
        destination[written++] = (byte)'&';
        WriteLower(message.Scheme, destination, ref written);
        WriteText("://", destination, ref written);
        WriteLower(WithoutDefaultPort(message.Scheme, message.Host), destination, ref written);
        var start = written;
        WriteText(message.Path.IsEmpty ? "/" : message.Path, destination, ref written);
        path = start..written;
        destination[written++] = (byte)'&';
        return written;
    }

    /// <summary>Writes a parameter and a separator after it. The caller removes the last separator.</summary>
    public static int WriteParameter(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, Span<byte> destination)
    {
        name.CopyTo(destination);
        "%3D"u8.CopyTo(destination[name.Length..]);
        value.CopyTo(destination[(name.Length + 3)..]);
        Separator.CopyTo(destination[(name.Length + 3 + value.Length)..]);
        return name.Length + value.Length + 6;
    }

    private static ReadOnlySpan<char> WithoutDefaultPort(ReadOnlySpan<char> scheme, ReadOnlySpan<char> host)
    {
        var nameEnd = host.LastIndexOf(']') + 1;
        var colon = host[nameEnd..].IndexOf(':');
        if (colon < 0) return host;

        var defaultPort = scheme.Equals("https", StringComparison.OrdinalIgnoreCase) ? "443" : "80";
        var port = host[(nameEnd + colon + 1)..];
        return port.IsEmpty || port.SequenceEqual(defaultPort) ? host[..(nameEnd + colon)] : host;
    }

    // Only the case of ASCII letters is changed. Otherwise a letter such as the Kelvin sign could be signed as a different letter.
    private static void WriteUpper(ReadOnlySpan<char> text, Span<byte> destination, ref int written)
    {
        Span<char> upper = text.Length <= 256 ? stackalloc char[text.Length] : new char[text.Length];
        for (var i = 0; i < text.Length; i++) upper[i] = char.IsAsciiLetterLower(text[i]) ? (char)(text[i] & ~0x20) : text[i];
        WriteText(upper, destination, ref written);
    }

    private static void WriteLower(ReadOnlySpan<char> text, Span<byte> destination, ref int written)
    {
        Span<char> lower = text.Length <= 256 ? stackalloc char[text.Length] : new char[text.Length];
        for (var i = 0; i < text.Length; i++) lower[i] = char.IsAsciiLetterUpper(text[i]) ? (char)(text[i] | 0x20) : text[i];
        WriteText(lower, destination, ref written);
    }

    private static void WriteText(ReadOnlySpan<char> text, Span<byte> destination, ref int written)
    {
        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> utf8 = size <= 1024 ? stackalloc byte[size] : new byte[size];
        var length = Encoding.UTF8.GetBytes(text, utf8);
        written += PercentEncoding.Encode(utf8[..length], destination[written..]);
    }
}
