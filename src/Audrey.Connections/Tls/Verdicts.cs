using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;

namespace Audrey.Connections.Tls;

/// <summary>
/// The first message of each side inside TLS. It says whether this side accepts the certificate of the other side, and if not, why. TLS has
/// alerts for this purpose, but .NET does not send them on Linux, and a client of TLS 1.3 regards its handshake as complete before the
/// server has checked the client's certificate. A message consists of the length of the reason in two bytes, and the reason in UTF-8. The
/// length is 0 if the certificate is accepted.
/// </summary>
internal static class Verdicts
{
    private const int MaxLength = 2048;

    /// <summary>Sends the verdict of this side: the reason why the other side is refused, or null if it is accepted.</summary>
    public static async Task SendAsync(PipeWriter output, string? reason, CancellationToken cancellationToken)
    {
        Write(output, reason ?? "");
        await output.FlushAsync(cancellationToken);
    }

    /// <summary>
    /// Reads the verdict of the other side: the reason why the other side refuses this side, or null if it accepts this side.
    /// </summary>
    /// <exception cref="IOException">The connection ended, or the other side sent something else.</exception>
    public static async Task<string?> ReceiveAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            if (TryRead(read.Buffer, out var verdict, out var end))
            {
                input.AdvanceTo(end);
                return verdict.Length == 0 ? null : verdict;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted || read.IsCanceled) throw new IOException("The connection ended before the other side accepted it.");
        }
    }

    /// <summary>Waits until the other side has closed the connection, so that the other side can read the verdict of this side.</summary>
    public static async Task WaitForEndAsync(PipeReader input, CancellationToken cancellationToken)
    {
        try
        {
            while (await input.ReadAsync(cancellationToken) is { IsCompleted: false, IsCanceled: false } read)
                input.AdvanceTo(read.Buffer.End);
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or InvalidOperationException)
        {
            // If the wait is cancelled or fails, the connection ends as well.
        }
    }

    private static void Write(PipeWriter output, string reason)
    {
        var length = Math.Min(Encoding.UTF8.GetByteCount(reason), MaxLength);
        var message = output.GetSpan(sizeof(ushort) + length);
        BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)length);
        Encoding.UTF8.GetBytes(reason).AsSpan(0, length).CopyTo(message[sizeof(ushort)..]);
        output.Advance(sizeof(ushort) + length);
    }

    private static bool TryRead(ReadOnlySequence<byte> received, out string verdict, out SequencePosition end)
    {
        (verdict, end) = ("", received.Start);
        var reader = new SequenceReader<byte>(received);
        if (!reader.TryReadBigEndian(out short length)) return false;
        if (length is < 0 or > MaxLength) throw new IOException("The other side of the connection is not Audrey.");
        if (!reader.TryReadExact(length, out var text)) return false;
        (verdict, end) = (Encoding.UTF8.GetString(text), reader.Position);
        return true;
    }
}
