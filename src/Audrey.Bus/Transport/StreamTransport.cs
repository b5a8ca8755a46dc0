using System.Buffers.Binary;
using Amqp;
using Amqp.Framing;

namespace Audrey.Bus.Transport;

/// <summary>
/// The limits of one connection.
/// </summary>
/// <param name="MaxFrameBytes">The largest frame that is received.</param>
/// <param name="MaxMessageBytes">The largest message that is received. All unfinished messages of a connection together are not larger.</param>
/// <param name="WriteTimeout">The time after which a write that does not end closes the connection.</param>
internal sealed record TransportLimits(int MaxFrameBytes, int MaxMessageBytes, TimeSpan WriteTimeout);

/// <summary>
/// The bytes of one connection, over TCP or TLS. It passes only complete frames to AMQPNetLite, bounds unfinished messages, ends when the
/// peer does not take bytes for too long, and reads no more from a peer that does not read.
/// </summary>
/// <param name="stream">The connected stream. The transport owns it.</param>
/// <param name="limits">The limits.</param>
/// <param name="time">The clock.</param>
internal class StreamTransport(Stream stream, TransportLimits limits, TimeProvider time) : IAsyncTransport
{
    private const int HeaderSize = 8;
    private const int KeptBytes = 4096;
    private const int MaxFramesDuringWrite = 256;
    private const uint ProtocolName = 0x414d5150;
    private readonly TransferLimit _limit = new(limits.MaxMessageBytes);
    private byte[] _frame = new byte[HeaderSize];
    private int _ready;
    private int _taken;
    private int _framesDuringWrite;
    private TaskCompletionSource? _written;

    /// <summary>The connection of AMQPNetLite that uses this transport. It is null before the protocol begins.</summary>
    public Connection? Connection { get; private set; }

    /// <summary>The channel of the frame that AMQPNetLite processes.</summary>
    public ushort Channel { get; private set; }

    /// <inheritdoc/>
    public virtual void SetConnection(Connection connection) => Connection = connection;

    /// <inheritdoc/>
    public async Task SendAsync(IList<ByteBuffer> bufferList, int listSize)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _framesDuringWrite, 0);
        Volatile.Write(ref _written, written);
        try
        {
            using var timeout = new CancellationTokenSource(limits.WriteTimeout, time);
            foreach (var buffer in bufferList)
                await stream.WriteAsync(buffer.Buffer.AsMemory(buffer.Offset, buffer.Length), timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new IOException($"The peer took no bytes for {limits.WriteTimeout.TotalSeconds:0} s.");
        }
        finally
        {
            Volatile.Write(ref _written, null);
            written.TrySetResult();
        }
    }

    /// <inheritdoc/>
    public async Task<int> ReceiveAsync(byte[] buffer, int offset, int count)
    {
        if (_taken == _ready && !await FillAsync().ConfigureAwait(false)) return 0;
        var size = Math.Min(count, _ready - _taken);
        Buffer.BlockCopy(_frame, _taken, buffer, offset, size);
        _taken += size;
        return size;
    }

    /// <inheritdoc/>
    public void Send(ByteBuffer buffer) => stream.Write(buffer.Buffer, buffer.Offset, buffer.Length);

    /// <inheritdoc/>
    public int Receive(byte[] buffer, int offset, int count) => stream.Read(buffer, offset, count);

    /// <inheritdoc/>
    public virtual void Close() => stream.Dispose();

    /// <summary>Is called before AMQPNetLite processes a flow of a link. Its own count of the credit is not exact.</summary>
    protected virtual void OnFlow(uint handle, uint limit, bool isDrain)
    {
    }

    // Reads the header of the protocol, which SASL and AMQP each send once, or one whole frame.
    private async Task<bool> FillAsync()
    {
        if (Volatile.Read(ref _written) is { } written && Interlocked.Increment(ref _framesDuringWrite) > MaxFramesDuringWrite)
            await written.Task.ConfigureAwait(false);
        // An idle connection keeps no large buffer.
        if (_frame.Length > KeptBytes) _frame = new byte[HeaderSize];
        if (await stream.ReadAtLeastAsync(_frame.AsMemory(0, HeaderSize), HeaderSize, false).ConfigureAwait(false) < HeaderSize) return false;
        var size = BinaryPrimitives.ReadUInt32BigEndian(_frame);
        _taken = 0;
        _ready = HeaderSize;
        if (size == ProtocolName) return true;
        if (size < HeaderSize || size > limits.MaxFrameBytes)
            throw Failure($"A frame has {size} bytes; {HeaderSize} to {limits.MaxFrameBytes} are allowed.");
        if (_frame[4] != 2) throw Failure("A frame has an extended header.");
        if (size > _frame.Length) Array.Resize(ref _frame, (int)Math.Max(size, 256));
        await stream.ReadExactlyAsync(_frame.AsMemory(HeaderSize, (int)size - HeaderSize)).ConfigureAwait(false);
        Inspect((int)size);
        _ready = (int)size;
        return true;
    }

    private void Inspect(int size)
    {
        Channel = BinaryPrimitives.ReadUInt16BigEndian(_frame.AsSpan(6));
        if (size == HeaderSize || _frame[5] != 0) return;
        try
        {
            var reader = new FrameReader(_frame.AsSpan(HeaderSize, size - HeaderSize));
            switch (reader.ReadDescriptor())
            {
                case FrameReader.Transfer:
                    _limit.Count(Channel, reader, size);
                    break;
                case FrameReader.Flow:
                    InspectFlow(reader);
                    break;
            }
        }
        catch (InvalidDataException exception)
        {
            throw Failure(exception.Message);
        }
    }

    private void InspectFlow(FrameReader reader)
    {
        var fields = reader.ReadListCount();
        if (fields < 7) return;
        for (var skipped = 0; skipped < 4; skipped++) reader.Skip();
        if (reader.ReadUInt() is not { } handle) return;
        var count = reader.ReadUInt() ?? 0;
        var credit = reader.ReadUInt() ?? 0;
        if (fields > 7) reader.Skip();
        OnFlow(handle, unchecked(count + credit), fields > 8 && reader.ReadBool());
    }

    // AMQPNetLite sends the reason to the peer and closes the connection.
    private static AmqpException Failure(string reason) => new(new Error(ErrorCode.FramingError) { Description = reason });
}
