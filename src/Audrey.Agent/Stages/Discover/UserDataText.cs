using System.Buffers;
using System.Buffers.Text;
using System.IO.Compression;
using System.Text;
using Audrey.Agent.Stages.Discover.Sources;
using Audrey.Core.Text;

namespace Audrey.Agent.Stages.Discover;

/// <summary>Decodes user data. Clouds and their tools encode it as base64, as gzip, or as a combination of both.</summary>
internal static class UserDataText
{
    /// <summary>The maximum size of user data, encoded or not.</summary>
    public const int MaxBytes = IUserDataSource.MaxBytes;

    private const int MaxEncodings = 3;

    /// <summary>Shorter text is not treated as base64.</summary>
    private const int MinBase64Length = 8;

    private static readonly SearchValues<byte> Base64Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="u8);

    /// <summary>
    /// Returns the text in the user data, without empty lines around it, and without an indentation that all lines share.
    /// </summary>
    /// <exception cref="UserDataException">The user data is empty, too large, damaged or not text.</exception>
    public static string Decode(byte[] data)
    {
        for (var encoding = 0; encoding <= MaxEncodings; encoding++)
        {
            if (data.Length > MaxBytes) throw new UserDataException($"is larger than {MaxBytes} bytes");
            if (data.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b])) data = Decompress(data);
            else if (TryDecodeBase64(data, out var decoded)) data = decoded;
            else return ReadText(data);
        }

        throw new UserDataException("is encoded as base64 or gzip too many times");
    }

    private static string ReadText(byte[] data)
    {
        try
        {
            var text = RemoveIndentation(StrictUtf8.Encoding.GetString(data).TrimStart('\uFEFF').TrimEnd());
            return text.Length > 0 ? text : throw new UserDataException("is empty");
        }
        catch (DecoderFallbackException)
        {
            throw new UserDataException("is not text, nor base64 or gzip of text");
        }
    }

    /// <summary>Tools that fill in templates often indent the whole document.</summary>
    private static string RemoveIndentation(string text)
    {
        var lines = text.Split('\n').SkipWhile(string.IsNullOrWhiteSpace).ToArray();
        var shared = lines.Where(line => !string.IsNullOrWhiteSpace(line))
            .Select(line => line.Length - line.TrimStart(' ').Length).DefaultIfEmpty(0).Min();
        return string.Join('\n', shared == 0 ? lines : lines.Select(line => line.Length > shared ? line[shared..] : line.TrimStart(' ')));
    }

    private static byte[] Decompress(byte[] data)
    {
        using var gzip = new GZipStream(new MemoryStream(data), CompressionMode.Decompress);
        var text = new byte[MaxBytes + 1];
        var length = 0;
        try
        {
            for (int read; (read = gzip.Read(text.AsSpan(length))) > 0;) length += read;
        }
        catch (InvalidDataException)
        {
            var line = text.AsSpan(0, length).Count((byte)'\n') + 1;
            throw new UserDataException(
                $"is gzip that is cut off or damaged; it has {data.Length} bytes and can be read up to line {line}");
        }

        return length <= MaxBytes ? text[..length] : throw new UserDataException($"is larger than {MaxBytes} bytes when decompressed");
    }

    /// <summary>Decodes base64 with line breaks. All other formats contain a bar or a colon, which base64 never contains.</summary>
    private static bool TryDecodeBase64(byte[] data, out byte[] decoded)
    {
        decoded = [];
        var characters = data.Where(character => character is not ((byte)'\r' or (byte)'\n' or (byte)' ' or (byte)'\t')).ToArray();
        if (characters.Length < MinBase64Length || characters.AsSpan().ContainsAnyExcept(Base64Characters)) return false;
        if (characters.Length % 4 != 0)
        {
            throw new UserDataException(
                $"is base64 that is cut off; it ends after {characters.Length} characters, which is not a multiple of four");
        }

        var buffer = new byte[characters.Length];
        if (Base64.DecodeFromUtf8(characters, buffer, out _, out var written) != OperationStatus.Done) return false;
        decoded = buffer[..written];
        return written > 0;
    }
}
