namespace Audrey.Protocol.Authentication;

/// <summary>
/// Derives the base strings that some clients sign instead of the standard one. They leave out some parameters, or contain the path before
/// its non-ASCII characters were escaped. The parameters stay sorted.
/// </summary>
internal static class AlternativeBaseString
{
    /// <summary>Returns whether the path in the base string contains the escape of a byte above 127, such as <c>%25C3</c>.</summary>
    public static bool HasEscapedNonAscii(ReadOnlySpan<byte> path)
    {
        for (var i = path.IndexOf("%25"u8); i >= 0; i = NextPercent(path, i))
            if (IsNonAscii(path[i..])) return true;

        return false;
    }

    /// <summary>Copies the base string as the client signed it.</summary>
    /// <param name="parts">The base string, with a separator after its last parameter.</param>
    /// <param name="path">The range in which one level of escaping is removed from bytes above 127. An empty range changes nothing.</param>
    /// <param name="unsigned">The parameters to leave out, with their separators, in ascending order.</param>
    /// <param name="destination">Must be at least as long as <paramref name="parts"/>.</param>
    public static ReadOnlySpan<byte> Write(ReadOnlySpan<byte> parts, Range path, List<Range>? unsigned, Span<byte> destination)
    {
        var (pathStart, pathLength) = path.GetOffsetAndLength(parts.Length);
        parts[..pathStart].CopyTo(destination);
        var written = pathStart + Unescape(parts.Slice(pathStart, pathLength), destination[pathStart..]);
        var read = pathStart + pathLength;
        foreach (var range in unsigned ?? [])
        {
            var (start, length) = range.GetOffsetAndLength(parts.Length);
            Copy(parts[read..start], destination, ref written);
            read = start + length;
        }

        Copy(parts[read..], destination, ref written);
        return destination[..written];
    }

    private static void Copy(ReadOnlySpan<byte> piece, Span<byte> destination, ref int written)
    {
        piece.CopyTo(destination[written..]);
        written += piece.Length;
    }

    private static int Unescape(ReadOnlySpan<byte> path, Span<byte> destination)
    {
        var written = 0;
        for (var i = 0; i < path.Length; i++)
        {
            destination[written++] = path[i];
            if (!IsNonAscii(path[i..])) continue;

            destination[written++] = UpperHex(path[i + 3]);
            destination[written++] = UpperHex(path[i + 4]);
            i += 4;
        }

        return written;
    }

    private static int NextPercent(ReadOnlySpan<byte> path, int index)
    {
        var next = path[(index + 1)..].IndexOf("%25"u8);
        return next < 0 ? -1 : index + 1 + next;
    }

    private static bool IsNonAscii(ReadOnlySpan<byte> text) =>
        text.Length >= 5
        && text.StartsWith("%25"u8)
        && (char)text[3] is '8' or '9' or (>= 'A' and <= 'F') or (>= 'a' and <= 'f')
        && char.IsAsciiHexDigit((char)text[4]);

    private static byte UpperHex(byte digit) => (byte)char.ToUpperInvariant((char)digit);
}
