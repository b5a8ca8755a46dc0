using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Audrey.Core.Text;

namespace Audrey.Core.Tarballs;

/// <summary>
/// A 512-byte header in a tar file. The tar reader of .NET is not used, because it loads an extended header of any claimed length into
/// memory and applies it.
/// </summary>
/// <param name="Name">The path of the entry.</param>
/// <param name="Type">The kind of entry: a letter or digit of the tar format.</param>
/// <param name="Size">The size of the entry's data in bytes.</param>
/// <param name="Mode">The permission bits.</param>
internal readonly record struct TarHeader(string Name, char Type, long Size, long Mode)
{
    /// <summary>The size of a header. Data is padded to a multiple of this size.</summary>
    public const int Length = 512;

    /// <summary>Tries to read a header. <paramref name="problem"/> explains why the block is not a header.</summary>
    public static bool TryRead(ReadOnlySpan<byte> block, out TarHeader header, [NotNullWhen(false)] out string? problem)
    {
        header = default;
        if (!HasRightSum(block)) problem = "is not a tar header: its checksum is wrong";
        else if (!TryNumber(block.Slice(124, 12), out var size)) problem = "has no valid size";
        else if (!TryNumber(block.Slice(100, 8), out var mode)) problem = "has no valid mode";
        else if (!TryText(PathOf(block), out var name)) problem = "has a name that is not UTF-8";
        else
        {
            problem = null;
            header = new TarHeader(name, (char)block[156], size, mode);
        }

        return problem is null;
    }

    /// <summary>Reads a string up to the first NUL. Returns false if the string is not UTF-8.</summary>
    public static bool TryText(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out string? text)
    {
        var end = bytes.IndexOf((byte)0);
        try
        {
            text = StrictUtf8.Encoding.GetString(end < 0 ? bytes : bytes[..end]);
            return true;
        }
        catch (DecoderFallbackException)
        {
            text = null;
            return false;
        }
    }

    private static byte[] PathOf(ReadOnlySpan<byte> block)
    {
        var name = UntilNul(block[..100]);
        var prefix = block.Slice(257, 6).SequenceEqual("ustar\0"u8) ? UntilNul(block.Slice(345, 155)) : [];
        return prefix.IsEmpty ? name.ToArray() : [.. prefix, (byte)'/', .. name];
    }

    private static ReadOnlySpan<byte> UntilNul(ReadOnlySpan<byte> field) =>
        field.IndexOf((byte)0) is >= 0 and var end ? field[..end] : field;

    private static bool HasRightSum(ReadOnlySpan<byte> block)
    {
        if (!TryNumber(block.Slice(148, 8), out var stored)) return false;
        var sum = 8L * ' ';
        for (var i = 0; i < Length; i++)
            if (i is < 148 or >= 156) sum += block[i];
        return sum == stored;
    }

    /// <summary>Reads an octal number, or a binary number of the GNU format.</summary>
    private static bool TryNumber(ReadOnlySpan<byte> field, out long number)
    {
        number = 0;
        if (field[0] == 0x80)
        {
            if (field.Length < 9) return false;
            number = BinaryPrimitives.ReadInt64BigEndian(field[^8..]);
            return number >= 0 && field[1..^8].IndexOfAnyExcept((byte)0) < 0;
        }

        var digits = field.Trim(" \0"u8);
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7') return false;
            number = (number << 3) + (digit - '0');
        }

        return true;
    }
}
