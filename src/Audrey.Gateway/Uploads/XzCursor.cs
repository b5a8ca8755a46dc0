namespace Audrey.Gateway.Uploads;

/// <summary>Reads the structure of an xz file. Every read checks that the file is long enough.</summary>
internal sealed class XzCursor(byte[] file)
{
    public byte[] File => file;

    public int Position { get; private set; }

    public UploadFormatException Damaged => UploadFormatException.Damaged(XzFile.Format, Position);

    public byte PeekByte() => Position < file.Length ? file[Position] : throw Damaged;

    public int ReadByte() => Take(1)[0];

    /// <summary>Returns the next bytes.</summary>
    public ReadOnlySpan<byte> Take(int length)
    {
        if (length > file.Length - Position) throw Damaged;
        Position += length;
        return file.AsSpan(Position - length, length);
    }

    /// <summary>Reads bytes that can have only one value.</summary>
    public void Expect(ReadOnlySpan<byte> bytes)
    {
        if (!Take(bytes.Length).SequenceEqual(bytes)) throw Damaged;
    }

    /// <summary>Reads a number of a variable length: seven bits in each byte, the lowest first.</summary>
    public long ReadNumber()
    {
        var number = 0L;
        for (var shift = 0; shift < 63; shift += 7)
        {
            var next = ReadByte();
            number |= (next & 0x7FL) << shift;
            if (next < 0x80) return next > 0 || shift == 0 ? number : throw Damaged;
        }

        throw Damaged;
    }

    /// <summary>Writes a number of a variable length.</summary>
    public static void WriteNumber(MemoryStream target, long number)
    {
        for (; number >= 0x80; number >>= 7) target.WriteByte((byte)(number | 0x80));
        target.WriteByte((byte)number);
    }
}
