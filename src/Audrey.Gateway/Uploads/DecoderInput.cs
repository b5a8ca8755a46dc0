using System.Runtime.CompilerServices;

namespace Audrey.Gateway.Uploads;

/// <summary>
/// The bytes that a decoder of SharpCompress reads. The decoders do not check everything that they read. So this stream ends the decoding
/// with an exception in two cases. At the end of the data, they would continue with bytes that do not exist. And the decoder for bzip2
/// calls itself for each block without content: many such blocks would overflow the stack, which ends the process.
/// </summary>
internal sealed class DecoderInput(byte[] bytes, int start, int end, string format) : ReadOnlyStream
{
    private int _next = start;

    /// <summary>Gets the position of the next byte in the uploaded file.</summary>
    public int Next => _next;

    public override int ReadByte()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return _next < end ? bytes[_next++] : throw UploadFormatException.Damaged(format, end);
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_next == end && count > 0) throw UploadFormatException.Damaged(format, end);
        var length = Math.Min(count, end - _next);
        bytes.AsSpan(_next, length).CopyTo(buffer.AsSpan(offset));
        _next += length;
        return length;
    }
}
