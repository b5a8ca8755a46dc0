using System.Buffers;

namespace Audrey.Protocol.Authentication;

/// <summary>
/// Percent-encoding as in RFC 5849, section 3.6. In the base string a parameter is encoded twice: first its name and value, then the joined
/// list. Text that is encoded once contains only unreserved characters and <c>%XX</c>. The second encoding changes only <c>%</c>, to
/// <c>%25</c>. So both encodings are written in one pass, and text sorts in the same order after one encoding and after two.
/// </summary>
internal static class PercentEncoding
{
    /// <summary>The maximum ratio between the length of the text after two encodings and the length of the original bytes.</summary>
    public const int MaxExpansion = 5;

    private static readonly SearchValues<byte> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"u8);

    private static ReadOnlySpan<byte> Hex => "0123456789ABCDEF"u8;

    /// <summary>
    /// Percent-encodes <paramref name="text"/>. Returns the length written, which is at most three times that of the input.
    /// </summary>
    public static int Encode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var written = 0;
        while (TakeReserved(ref text, destination, ref written, out var reserved))
        {
            destination[written] = (byte)'%';
            WriteHex(reserved, destination[(written + 1)..]);
            written += 3;
        }

        return written;
    }

    /// <summary>Decodes form-encoded text and writes it encoded twice. Returns the length written.</summary>
    /// <param name="text">Form-encoded text. A <c>%</c> without two hexadecimal digits after it stands for itself.</param>
    /// <param name="plusIsSpace">True in a query and in a form body. False in a header.</param>
    /// <param name="destination">Must be at least <see cref="MaxExpansion"/> times as long as <paramref name="text"/>.</param>
    public static int Recode(ReadOnlySpan<byte> text, bool plusIsSpace, Span<byte> destination)
    {
        var written = 0;
        while (TakeReserved(ref text, destination, ref written, out var value))
        {
            if (value == '%') value = DecodeEscape(ref text);
            else if (value == '+' && plusIsSpace) value = (byte)' ';

            if (Unreserved.Contains(value))
            {
                destination[written++] = value;
            }
            else
            {
                "%25"u8.CopyTo(destination[written..]);
                WriteHex(value, destination[(written + 3)..]);
                written += MaxExpansion;
            }
        }

        return written;
    }

    /// <summary>Decodes form-encoded text. Returns the length written, which is at most that of the input.</summary>
    public static int Decode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var written = 0;
        while (TakeReserved(ref text, destination, ref written, out var value))
            destination[written++] = value switch
            {
                (byte)'%' => DecodeEscape(ref text),
                (byte)'+' => (byte)' ',
                _ => value,
            };

        return written;
    }

    /// <summary>Decodes text that <see cref="Recode"/> has written. Returns the length written.</summary>
    public static int DecodeTwice(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var written = 0;
        while (TakeReserved(ref text, destination, ref written, out _))
        {
            text = text[2..];
            destination[written++] = HexByte(text);
            text = text[2..];
        }

        return written;
    }

    /// <summary>Copies unreserved bytes and stops after the first reserved byte. Returns false at the end of the text.</summary>
    private static bool TakeReserved(ref ReadOnlySpan<byte> text, Span<byte> destination, ref int written, out byte reserved)
    {
        var run = text.IndexOfAnyExcept(Unreserved);
        var length = run < 0 ? text.Length : run;
        text[..length].CopyTo(destination[written..]);
        written += length;
        if (run < 0)
        {
            reserved = 0;
            return false;
        }

        reserved = text[run];
        text = text[(run + 1)..];
        return true;
    }

    private static byte DecodeEscape(ref ReadOnlySpan<byte> text)
    {
        if (text.Length < 2 || !char.IsAsciiHexDigit((char)text[0]) || !char.IsAsciiHexDigit((char)text[1])) return (byte)'%';

        var value = HexByte(text);
        text = text[2..];
        return value;
    }

    private static byte HexByte(ReadOnlySpan<byte> digits) => (byte)((HexDigit(digits[0]) << 4) | HexDigit(digits[1]));

    private static int HexDigit(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static void WriteHex(byte value, Span<byte> destination)
    {
        destination[0] = Hex[value >> 4];
        destination[1] = Hex[value & 15];
    }
}
