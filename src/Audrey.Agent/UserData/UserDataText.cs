using System.Buffers;
using System.Buffers.Text;
using System.IO.Compression;
using System.Text;
using Audrey.Agent.Commands;

namespace Audrey.Agent.UserData;

/// <summary>Undoes what clouds and their tools wrap user data in: base64, gzip, one in the other.</summary>
internal static class UserDataText
{
    /// <summary>Most bytes of user data, wrapped or not.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxWrappings = 3;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The text in the user data, without white space around it.</summary>
    /// <exception cref="AgentException">It is empty, too long or no text.</exception>
    public static string Unwrap(byte[] data)
    {
        for (var wrapping = 0; wrapping <= MaxWrappings; wrapping++)
        {
            if (data.Length > MaxBytes) throw Refused($"is longer than {MaxBytes} bytes");
            if (data.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b])) data = Decompress(data);
            else if (TryBase64(data, out var decoded)) data = decoded;
            else return Text(data);
        }

        throw Refused("is wrapped in base64 or gzip too many times");
    }

    private static string Text(byte[] data)
    {
        try
        {
            var text = StrictUtf8.GetString(data).TrimStart('\uFEFF').Trim();
            return text.Length > 0 ? text : throw Refused("is empty");
        }
        catch (DecoderFallbackException)
        {
            throw Refused("is neither text nor base64 or gzip of text");
        }
    }

    private static byte[] Decompress(byte[] data)
    {
        try
        {
            using var gzip = new GZipStream(new MemoryStream(data), CompressionMode.Decompress);
            var text = new byte[MaxBytes + 1];
            var length = gzip.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
            return length <= MaxBytes ? text[..length] : throw Refused($"is longer than {MaxBytes} bytes when decompressed");
        }
        catch (InvalidDataException)
        {
            throw Refused("is damaged or cut off gzip");
        }
    }

    /// <summary>Base64 with line breaks. The forms that are read hold a bar or a colon early on, which base64 never does.</summary>
    private static bool TryBase64(byte[] data, out byte[] decoded)
    {
        decoded = [];
        var characters = data.Where(character => character is not ((byte)'\r' or (byte)'\n' or (byte)' ' or (byte)'\t')).ToArray();
        if (characters.Length < 8) return false;
        var padded = new byte[(characters.Length + 3) / 4 * 4];
        padded.AsSpan(characters.Length).Fill((byte)'=');
        characters.CopyTo(padded.AsSpan());
        var buffer = new byte[padded.Length];
        if (Base64.DecodeFromUtf8(padded, buffer, out var consumed, out var written) != OperationStatus.Done || consumed != padded.Length) return false;
        decoded = buffer[..written];
        return written > 0;
    }

    private static AgentException Refused(string problem) => new(ExitCode.UserData, $"The user data {problem}.");
}
