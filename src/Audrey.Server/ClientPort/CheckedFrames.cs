using System.Buffers;
using System.IO.Pipelines;

namespace Audrey.Server.ClientPort;

/// <summary>Judges the messages of one connection, in their order.</summary>
internal interface IFrameRule
{
    /// <summary>
    /// Judges the message at the beginning of the buffer. Returns the message's length, or 0 if more bytes are needed to judge the message.
    /// The end of a judged message can still be missing from the buffer.
    /// </summary>
    /// <exception cref="FrameRefusedException">The connection is not allowed to send the message.</exception>
    long Judge(ReadOnlySequence<byte> buffer);
}

/// <summary>
/// Passes on the bytes of a connection, one message after another. Each message is judged before it is passed on. No bytes are copied.
/// </summary>
internal sealed class CheckedFrames(PipeReader inner, IFrameRule rule) : PipeReader
{
    private ReadOnlySequence<byte> _buffer;

    /// <summary>
    /// The number of bytes from the start of the buffer that belong to judged messages. The last of these bytes may not have arrived yet.
    /// </summary>
    private long _judged;

    /// <summary>The number of bytes from the start of the buffer that the reader has examined already.</summary>
    private long _examined;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var read = await inner.ReadAsync(cancellationToken);
            if (Accept(read) is { } accepted) return accepted;
            inner.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        if (inner.TryRead(out var read))
        {
            if (Accept(read) is { } accepted)
            {
                result = accepted;
                return true;
            }

            inner.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }

        result = default;
        return false;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var taken = _buffer.Slice(_buffer.Start, consumed).Length;
        _examined = _buffer.Slice(_buffer.Start, examined).Length - taken;
        _judged -= taken;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    /// <summary>Judges the messages that have arrived. Returns null if there is nothing new for the reader.</summary>
    private ReadResult? Accept(ReadResult read)
    {
        _buffer = read.Buffer;
        while (_judged < _buffer.Length && rule.Judge(_buffer.Slice(_judged)) is var length and > 0) _judged += length;
        var ready = Math.Min(_judged, _buffer.Length);
        return ready > _examined || read.IsCompleted || read.IsCanceled
            ? new ReadResult(_buffer.Slice(0, ready), read.IsCanceled, read.IsCompleted)
            : null;
    }
}
