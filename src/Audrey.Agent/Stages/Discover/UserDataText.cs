using System.Buffers;
using System.Buffers.Text;
using System.IO.Compression;
using System.Text;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Stages.Discover.Sources;

namespace Audrey.Agent.Stages.Discover;

/// <summary>Decodes user data. Clouds and their tools encode it as base64, as gzip, or as one within the other.</summary>
internal static class UserDataText
{
    /// <summary>The maximum size of user data, encoded or not.</summary>
    public const int MaxBytes = IUserDataSource.MaxBytes;

    private const int MaxEncodings = 3;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Returns the text in the user data, without white space around it.</summary>
    /// <exception cref="AgentException">It is empty, too large, damaged or not text.</exception>
    public static string Decode(byte[] data)
    {
        for (var encoding = 0; encoding <= MaxEncodings; encoding++)
        {
            if (data.Length > MaxBytes) throw Refuse($"is larger than {MaxBytes} bytes");
            if (data.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b])) data = Decompress(data);
            else if (TryDecodeBase64(data, out var decoded)) data = decoded;
            else return ReadText(data);
        }

        throw Refuse("is encoded as base64 or gzip too many times");
    }

    private static string ReadText(byte[] data)
    {
        try
        {
            var text = StrictUtf8.GetString(data).TrimStart('\uFEFF').Trim();
            return text.Length > 0 ? text : throw Refuse("is empty");
        }
        catch (DecoderFallbackException)
        {
            throw Refuse("is not text, nor base64 or gzip of text");
        }
    }

    private static byte[] Decompress(byte[] data)
    {
        try
        {
            using var gzip = new GZipStream(new MemoryStream(data), CompressionMode.Decompress);
            var text = new byte[MaxBytes + 1];
            var length = gzip.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
            return length <= MaxBytes ? text[..length] : throw Refuse($"is larger than {MaxBytes} bytes when decompressed");
        }
        catch (InvalidDataException)
        {
            throw Refuse("is gzip that is damaged or cut off");
        }
    }

    /// <summary>Decodes base64 with line breaks. The forms that are not base64 have a bar or a colon, which base64 never has.</summary>
    private static bool TryDecodeBase64(byte[] data, out byte[] decoded)
    {
        decoded = [];
        var characters = data.Where(character => character is not ((byte)'\r' or (byte)'\n' or (byte)' ' or (byte)'\t')).ToArray();
        if (characters.Length < 8) return false;
        var padded = new byte[(characters.Length + 3) / 4 * 4];
        padded.AsSpan(characters.Length).Fill((byte)'=');
        characters.CopyTo(padded.AsSpan());
        var buffer = new byte[padded.Length];
        if (Base64.DecodeFromUtf8(padded, buffer, out var consumed, out var written) != OperationStatus.Done) return false;
        if (consumed != padded.Length) return false;
        decoded = buffer[..written];
        return written > 0;
    }

    private static AgentException Refuse(string problem) => new(AgentExitCode.UserData, $"The user data {problem}.");
}
