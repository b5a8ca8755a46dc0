using SharpCompress.Compressors.LZMA;

namespace Audrey.Gateway.Uploads;

/// <summary>The content of one block of an xz file.</summary>
internal sealed class XzBlock : IDisposable
{
    private readonly XzCursor _cursor;
    private readonly XzCheck _check;
    private readonly XzBlockHeader _header;
    private readonly Lzma2Extent _extent;
    private readonly LzmaStream? _content;
    private long _read;

    /// <summary>Begins a block. The cursor moves to the end of its compressed data.</summary>
    public XzBlock(XzCursor cursor, XzCheck check)
    {
        (_cursor, _check) = (cursor, check);
        _header = XzBlockHeader.Read(cursor);
        var start = cursor.Position;
        _extent = Lzma2Extent.Read(cursor);
        if ((_header.Packed ?? _extent.Packed) != _extent.Packed || (_header.Unpacked ?? _extent.Unpacked) != _extent.Unpacked)
            throw cursor.Damaged;
        if (_extent.Unpacked == 0) return;
        var input = new DecoderInput(cursor.File, start, cursor.Position, XzFile.Format);
        _content = LzmaStream.Create(_header.DecoderProperties(_extent.Unpacked), input, leaveOpen: true);
    }

    /// <summary>Gets the number of chunks.</summary>
    public int Chunks => _extent.Chunks;

    /// <summary>Gets the length of the content in bytes.</summary>
    public long Unpacked => _extent.Unpacked;

    /// <summary>Gets the length that the index gives: without the padding.</summary>
    public long Unpadded => _header.Length + _extent.Packed + _check.Length;

    public int Read(byte[] buffer, int offset, int count)
    {
        var read = _content?.Read(buffer, offset, count) ?? 0;
        _check.Append(buffer.AsSpan(offset, read));
        _read += read;
        return read;
    }

    /// <summary>Verifies the block once its content is read. The cursor moves to the end of the block.</summary>
    public void End()
    {
        if (_read != Unpacked) throw _cursor.Damaged;
        _cursor.Expect(new byte[-_extent.Packed & 3]);
        _cursor.Expect(_check.Finish());
    }

    public void Dispose()
    {
        _content?.Dispose();
        _check.Dispose();
    }
}
