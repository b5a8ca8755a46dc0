using System.Buffers;
using System.IO.Pipelines;

namespace Audrey.Connections.Tls;

/// <summary>Determines from the first bytes of an accepted connection whether the other side uses TLS.</summary>
internal static class FirstBytes
{
    /// <summary>
    /// The number of bytes that are needed. A connection of Orleans without TLS begins with the length of its first message, which can
    /// begin with the two bytes of a TLS handshake. The third byte of such a length is 0, because the message has at most 1,024 bytes.
    /// </summary>
    private const int Needed = 3;

    private const byte Handshake = 22;

    private const byte Major = 3;

    /// <summary>Waits for the first bytes, and leaves them to the next reader.</summary>
    /// <returns>Whether the bytes begin a TLS handshake. Null if the connection ended before they arrived.</returns>
    public static async Task<bool?> AreTlsAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            if (read.Buffer.Length >= Needed)
            {
                var isTls = IsTls(read.Buffer);
                input.AdvanceTo(read.Buffer.Start);
                return isTls;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted || read.IsCanceled) return null;
        }
    }

    private static bool IsTls(ReadOnlySequence<byte> begin)
    {
        Span<byte> first = stackalloc byte[Needed];
        begin.Slice(0, Needed).CopyTo(first);
        return first is [Handshake, Major, not 0];
    }
}
