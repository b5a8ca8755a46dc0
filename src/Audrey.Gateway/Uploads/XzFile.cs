using System.Buffers.Binary;

namespace Audrey.Gateway.Uploads;

/// <summary>
/// The content of an xz file. The file must have one stream, with nothing after it. This class reads the container; a library decompresses
/// the LZMA2 data of each block. The library's own reader of containers is not used: it allocates any dictionary that a block claims, up to
/// 4 GiB.
/// </summary>
internal sealed class XzFile : ReadOnlyStream
{
    public const string Format = "xz";

    /// <summary>Maximum number of chunks. Each costs the decoder some time, however small it is. xz makes one for 64 KiB or more.</summary>
    private const int MaxChunks = 1 << 16;

    private readonly XzCursor _cursor;
    private readonly MemoryStream _records = new();
    private byte[] _flags = [];
    private XzBlock? _block;
    private int _blocks;
    private int _chunks;
    private bool _ended;

    public XzFile(byte[] file) => _cursor = new XzCursor(file);

    public static ReadOnlySpan<byte> Magic => [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0];

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_flags.Length == 0) ReadHeader();
        while (count > 0 && !_ended)
        {
            if (_block is not null || BeginBlock())
            {
                var read = _block!.Read(buffer, offset, count);
                if (read > 0) return read;
                EndBlock();
            }
            else
            {
                ReadIndex();
            }
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _block?.Dispose();
        base.Dispose(disposing);
    }

    private void ReadHeader()
    {
        _cursor.Expect(Magic);
        _flags = _cursor.Take(2).ToArray();
        _cursor.Expect(XzCheck.Crc32Of(_flags));
        using var check = CreateCheck();
    }

    private XzCheck CreateCheck() => (_flags[0] == 0 ? XzCheck.Create(_flags[1]) : null) ?? throw new UploadFormatException(
        $"the xz data uses the check 0x{_flags[1]:X2}; only none, crc32, crc64 and sha256 are allowed: compress it with --check=crc64");

    private bool BeginBlock()
    {
        if (_cursor.PeekByte() == 0) return false;
        _block = new XzBlock(_cursor, CreateCheck());
        _blocks++;
        _chunks += _block.Chunks;
        return _chunks <= MaxChunks ? true : throw new UploadFormatException(
            $"the xz data has more than {MaxChunks} chunks up to byte {_cursor.Position}; compress it with larger blocks");
    }

    private void EndBlock()
    {
        _block!.End();
        XzCursor.WriteNumber(_records, _block.Unpadded);
        XzCursor.WriteNumber(_records, _block.Unpacked);
        _block.Dispose();
        _block = null;
    }

    /// <summary>Reads the index and the footer. The blocks determine every byte of them.</summary>
    private void ReadIndex()
    {
        using var index = new MemoryStream();
        index.WriteByte(0);
        XzCursor.WriteNumber(index, _blocks);
        _records.WriteTo(index);
        index.Write(new byte[-(int)index.Length & 3]);
        index.Write(XzCheck.Crc32Of(index.GetBuffer().AsSpan(0, (int)index.Length)));
        _cursor.Expect(index.GetBuffer().AsSpan(0, (int)index.Length));

        Span<byte> footer = stackalloc byte[6];
        BinaryPrimitives.WriteInt32LittleEndian(footer, ((int)index.Length / 4) - 1);
        _flags.CopyTo(footer[4..]);
        _cursor.Expect(XzCheck.Crc32Of(footer));
        _cursor.Expect(footer);
        _cursor.Expect("YZ"u8);
        _ended = true;
        if (_cursor.Position < _cursor.File.Length) throw UploadFormatException.Trailing(Format, _cursor.Position);
    }
}
