namespace Audrey.Gateway.Uploads;

/// <summary>The header of a block. The only filter that is allowed is LZMA2, which every program for xz has.</summary>
/// <param name="Length">The length of the header in bytes.</param>
/// <param name="DictionaryBytes">The size of the dictionary that the content needs.</param>
/// <param name="Packed">The length of the compressed data. Null if it is not given.</param>
/// <param name="Unpacked">The length of the content. Null if it is not given.</param>
internal readonly record struct XzBlockHeader(int Length, long DictionaryBytes, long? Packed, long? Unpacked)
{
    /// <summary>Maximum size of a dictionary: that of <c>xz -9</c>. The guest that unpacks the file needs as much memory.</summary>
    public const int MaxDictionaryBytes = 64 << 20;

    private const int Lzma2 = 0x21;
    private const int MaxDictionaryCode = 40;

    public static XzBlockHeader Read(XzCursor cursor)
    {
        var start = cursor.Position;
        var length = (cursor.PeekByte() + 1) * 4;
        var header = cursor.Take(length);
        if (!header[^4..].SequenceEqual(XzCheck.Crc32Of(header[..^4]))) throw cursor.Damaged;

        // The CRC is right, so the header is as the conductor's program wrote it. Its fields end where the CRC begins.
        var fields = new XzCursor(header[..^4].ToArray());
        fields.ReadByte();
        var flags = fields.ReadByte();
        if ((flags & 0x3C) != 0) throw cursor.Damaged;
        long? packed = (flags & 0x40) != 0 ? fields.ReadNumber() : null;
        long? unpacked = (flags & 0x80) != 0 ? fields.ReadNumber() : null;
        var filter = fields.ReadNumber();
        if (filter != Lzma2 || (flags & 3) != 0)
        {
            throw new UploadFormatException(
                $"the xz block at byte {start} uses the filter {NameOf(filter)}; only LZMA2 is allowed: compress without other filters");
        }

        if (fields.ReadNumber() != 1) throw cursor.Damaged;
        var code = fields.ReadByte();
        if (code > MaxDictionaryCode) throw cursor.Damaged;
        while (fields.Position < length - 4) fields.Expect([0]);
        var dictionary = code == MaxDictionaryCode ? uint.MaxValue : SizeOf(code);
        return dictionary <= MaxDictionaryBytes
            ? new XzBlockHeader(length, dictionary, packed, unpacked)
            : throw new UploadFormatException(
                $"the xz block at byte {start} needs a dictionary of {dictionary} bytes; at most {MaxDictionaryBytes} are allowed, "
                + "which xz -9 uses");
    }

    /// <summary>
    /// Returns the properties for the decoder. Its memory is as large as the dictionary, so it gets the smallest dictionary that the
    /// content can refer to.
    /// </summary>
    public byte[] DecoderProperties(long unpacked)
    {
        var needed = Math.Min(DictionaryBytes, unpacked);
        byte code = 0;
        while (SizeOf(code) < needed) code++;
        return [code];
    }

    private static long SizeOf(int code) => (2L | (code & 1L)) << ((code / 2) + 11);

    private static string NameOf(long filter) => filter switch
    {
        3 => "Delta",
        4 => "BCJ (x86)",
        5 => "BCJ (PowerPC)",
        6 => "BCJ (IA-64)",
        7 => "BCJ (ARM)",
        8 => "BCJ (ARM-Thumb)",
        9 => "BCJ (SPARC)",
        10 => "BCJ (ARM64)",
        11 => "BCJ (RISC-V)",
        _ => $"0x{filter:X}",
    };
}
