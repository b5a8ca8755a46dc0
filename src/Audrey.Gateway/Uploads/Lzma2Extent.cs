namespace Audrey.Gateway.Uploads;

/// <summary>
/// The extent of LZMA2 data. The data consists of chunks, and each chunk gives its lengths. So the extent is known before anything is
/// decompressed.
/// </summary>
/// <param name="Packed">The length of the compressed data in bytes.</param>
/// <param name="Unpacked">The length of the content in bytes.</param>
/// <param name="Chunks">The number of chunks, including the end.</param>
internal readonly record struct Lzma2Extent(int Packed, long Unpacked, int Chunks)
{
    private const int MaxLiteralBits = 4;

    /// <summary>Reads the chunks up to the end of the data.</summary>
    public static Lzma2Extent Read(XzCursor cursor)
    {
        var start = cursor.Position;
        var unpacked = 0L;
        for (var chunks = 1; ; chunks++)
        {
            var control = cursor.ReadByte();
            if (control == 0) return new Lzma2Extent(cursor.Position - start, unpacked, chunks);
            if (control is > 2 and < 0x80) throw cursor.Damaged;
            var length = ReadLength(cursor);
            unpacked += length + (control < 0x80 ? 0 : (control & 0x1F) << 16);
            if (control >= 0x80) length = ReadLength(cursor);
            if (control >= 0xC0) CheckProperties(cursor);
            cursor.Take(length);
        }
    }

    private static int ReadLength(XzCursor cursor) => (cursor.ReadByte() << 8) + cursor.ReadByte() + 1;

    /// <summary>Checks the limit of LZMA2. Without the limit, a chunk of a few bytes can make the decoder prepare megabytes.</summary>
    private static void CheckProperties(XzCursor cursor)
    {
        var properties = cursor.ReadByte();
        if ((properties % 9) + (properties / 9 % 5) > MaxLiteralBits) throw cursor.Damaged;
    }
}
