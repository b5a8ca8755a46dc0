using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;

namespace Audrey.Abstractions.Connections;

/// <summary>
/// The messages that a caller and a silo exchange before Orleans sends its first byte. All lengths are fixed or bounded:
/// <code>
/// caller: "AUD1", kind (1 byte), nonce (32), length of the key (2, little endian), key in UTF-8
/// silo:   "AUD1", nonce (32)
/// caller: proof (32)
/// silo:   0, proof (32)      or      reason (1), length (2), text for people in UTF-8
/// </code>
/// The silo can send a refusal instead of its first message.
/// </summary>
public static class ProofMessages
{
    /// <summary>The length of a nonce.</summary>
    public const int NonceLength = 32;

    /// <summary>The length of a proof.</summary>
    public const int ProofLength = 32;

    /// <summary>The maximum length of a key in UTF-8: 255 characters of four bytes each.</summary>
    public const int MaxKeyBytes = 1020;

    /// <summary>The maximum length of the text of a refusal in UTF-8.</summary>
    public const int MaxTextBytes = 1024;

    /// <summary>The length of a caller's first message without its key.</summary>
    public const int HelloLength = 4 + 1 + NonceLength + 2;

    /// <summary>
    /// The first bytes that both sides send. A client of Orleans that does not authenticate sends the length of its preamble in this place,
    /// and as a length these bytes would be too large. So the two are never mistaken for each other.
    /// </summary>
    public static ReadOnlySpan<byte> Magic => "AUD1"u8;

    /// <summary>Returns the caller's first message.</summary>
    public static byte[] Hello(CallerKind kind, ReadOnlySpan<byte> nonce, string key)
    {
        var name = Encoding.UTF8.GetBytes(key);
        var message = new byte[HelloLength + name.Length];
        Magic.CopyTo(message);
        message[4] = (byte)kind;
        nonce.CopyTo(message.AsSpan(5));
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(5 + NonceLength), (ushort)name.Length);
        name.CopyTo(message, HelloLength);
        return message;
    }

    /// <summary>Returns a silo's refusal.</summary>
    public static byte[] Refusal(ProofRefusal reason, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > MaxTextBytes) bytes = bytes[..MaxTextBytes];
        var message = new byte[3 + bytes.Length];
        message[0] = (byte)reason;
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(1), (ushort)bytes.Length);
        bytes.CopyTo(message, 3);
        return message;
    }

    /// <summary>Reads exactly so many bytes.</summary>
    /// <exception cref="EndOfStreamException">The other end closed the connection.</exception>
    public static async ValueTask<byte[]> Read(PipeReader input, int count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            if (buffer.Length >= count)
            {
                var taken = buffer.Slice(0, count);
                var bytes = taken.ToArray();
                input.AdvanceTo(taken.End);
                return bytes;
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCanceled) throw new OperationCanceledException("The connection is being closed.");
            if (read.IsCompleted) throw new EndOfStreamException("The other end closed the connection before a proof was complete.");
        }
    }
}
