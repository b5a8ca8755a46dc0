using System.Buffers;
using System.Buffers.Text;

namespace Audrey.Protocol.Text;

/// <summary>Decodes base64 that may contain line breaks and have missing or surplus padding.</summary>
internal static class LenientBase64
{
    private static readonly SearchValues<byte> LineBreaks = SearchValues.Create("\r\n"u8);

    /// <summary>Decodes at most <paramref name="maxBytes"/> bytes, and never allocates more than that.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, int maxBytes, out byte[] value, out bool tooLong)
    {
        text = text.TrimEnd("=\r\n"u8);
        var characters = text.Length;
        foreach (var character in text)
            if (character is (byte)'\r' or (byte)'\n') characters--;

        value = [];
        var length = characters / 4 * 3L + Math.Max(characters % 4 - 1, 0);
        tooLong = length > maxBytes;
        if (tooLong || characters % 4 == 1) return false;

        var buffer = new byte[(characters + 3) / 4 * 4];
        buffer.AsSpan(characters).Fill((byte)'=');
        CopyCharacters(text, buffer);
        if (buffer.AsSpan(0, characters).IndexOfAny(" \t="u8) >= 0
            || Base64.DecodeFromUtf8InPlace(buffer, out var written) != OperationStatus.Done
            || written != length)
            return false;

        value = buffer[..written];
        return true;
    }

    private static void CopyCharacters(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        while (!text.IsEmpty)
        {
            var run = text.IndexOfAny(LineBreaks);
            var length = run < 0 ? text.Length : run;
            text[..length].CopyTo(destination);
            destination = destination[length..];
            text = run < 0 ? default : text[(run + 1)..];
        }
    }
}
