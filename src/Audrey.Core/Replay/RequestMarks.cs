using System.Buffers.Binary;

namespace Audrey.Core.Replay;

/// <summary>
/// Request marks in a compact form, oldest timestamp first. Each mark is the difference to the timestamp before it in 7-bit groups, 4 bytes
/// of nonce and 4 bytes of signature. A mark usually takes 9 or 10 bytes. The first difference is to 0. Differences wrap around, so every
/// timestamp has one.
/// </summary>
internal static class RequestMarks
{
    private const int IdBytes = 2 * sizeof(uint);
    private const int MaxMarkBytes = 10 + IdBytes;

    /// <summary>Returns the marks in a compact form.</summary>
    /// <param name="sorted">The marks, oldest timestamp first.</param>
    public static byte[] Write(IEnumerable<RequestMark> sorted)
    {
        var bytes = new List<byte>();
        Span<byte> one = stackalloc byte[MaxMarkBytes];
        long before = 0;
        foreach (var mark in sorted)
        {
            bytes.AddRange(one[..Write(one, before, mark)]);
            before = mark.Timestamp;
        }

        return [.. bytes];
    }

    /// <summary>Returns the marks with one more. The new mark follows those with the same timestamp.</summary>
    public static byte[] Insert(byte[] marks, RequestMark mark)
    {
        var reader = new Reader(marks);
        var (at, before) = (0, 0L);
        while (reader.Read() && reader.Mark.Timestamp <= mark.Timestamp) (at, before) = (reader.End, reader.Mark.Timestamp);
        Span<byte> changed = stackalloc byte[2 * MaxMarkBytes];
        var length = Write(changed, before, mark);
        var rest = at;
        if (at < marks.Length)
        {
            length += Write(changed[length..], mark.Timestamp, reader.Mark);
            rest = reader.End;
        }

        return [.. marks.AsSpan(0, at), .. changed[..length], .. marks.AsSpan(rest)];
    }

    /// <summary>Returns the marks without the first one.</summary>
    public static byte[] RemoveFirst(byte[] marks)
    {
        var reader = new Reader(marks);
        reader.Read();
        if (!reader.Read()) return [];
        Span<byte> first = stackalloc byte[MaxMarkBytes];
        return [.. first[..Write(first, 0, reader.Mark)], .. marks.AsSpan(reader.End)];
    }

    private static int Write(Span<byte> to, long before, RequestMark mark)
    {
        var difference = (ulong)unchecked(mark.Timestamp - before);
        var length = 0;
        for (; difference >= 0x80; difference >>= 7) to[length++] = (byte)(difference | 0x80);
        to[length++] = (byte)difference;
        BinaryPrimitives.WriteUInt32LittleEndian(to[length..], (uint)mark.Nonce);
        BinaryPrimitives.WriteUInt32LittleEndian(to[(length + sizeof(uint))..], mark.Signature);
        return length + IdBytes;
    }

    /// <summary>Reads the marks in their order. A mark that is read has the lower 32 bits of its nonce.</summary>
    public ref struct Reader(ReadOnlySpan<byte> marks)
    {
        private readonly ReadOnlySpan<byte> _marks = marks;

        /// <summary>The mark that was read last.</summary>
        public RequestMark Mark { get; private set; }

        /// <summary>The position after that mark.</summary>
        public int End { get; private set; }

        /// <summary>Reads the next mark. Returns false at the end.</summary>
        public bool Read()
        {
            if (End == _marks.Length) return false;
            var (at, difference, part) = (End, 0UL, 0UL);
            for (var shift = 0; shift == 0 || part >= 0x80; shift += 7)
            {
                part = _marks[at++];
                difference |= (part & 0x7F) << shift;
            }

            Mark = new(
                unchecked(Mark.Timestamp + (long)difference),
                BinaryPrimitives.ReadUInt32LittleEndian(_marks[at..]),
                BinaryPrimitives.ReadUInt32LittleEndian(_marks[(at + sizeof(uint))..]));
            End = at + IdBytes;
            return true;
        }
    }
}
