using System.Buffers.Binary;

namespace Audrey.Bus.Transport;

/// <summary>
/// Reads the encodings of AMQP that the simple fields of a frame can have.
/// </summary>
/// <param name="bytes">A frame without its header of 8 bytes.</param>
internal ref struct FrameReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>The code of a flow.</summary>
    public const ulong Flow = 0x13;

    /// <summary>The code of a transfer.</summary>
    public const ulong Transfer = 0x14;

    /// <summary>The code of the first frame of a client in SASL.</summary>
    public const ulong SaslInit = 0x41;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Reads the code of the frame.</summary>
    /// <exception cref="InvalidDataException">The frame has none. All methods throw it for malformed frames.</exception>
    public ulong ReadDescriptor()
    {
        if (Byte() != 0) throw new InvalidDataException("A frame does not begin with a descriptor.");
        return Byte() switch
        {
            0x44 => 0,
            0x53 => Byte(),
            0x80 => BinaryPrimitives.ReadUInt64BigEndian(Take(8)),
            var code => throw new InvalidDataException($"A frame has a descriptor of the type 0x{code:x2}."),
        };
    }

    /// <summary>Reads the head of the list of fields, and returns the number of fields.</summary>
    public uint ReadListCount()
    {
        switch (Byte())
        {
            case 0x45:
                return 0;
            case 0xc0:
                Take(1);
                return Byte();
            case 0xd0:
                Take(4);
                return BinaryPrimitives.ReadUInt32BigEndian(Take(4));
            case var code:
                throw new InvalidDataException($"A frame has a body of the type 0x{code:x2}.");
        }
    }

    /// <summary>Reads a number of 32 bits, or null.</summary>
    public uint? ReadUInt() => Byte() switch
    {
        0x40 => null,
        0x43 => 0,
        0x52 => Byte(),
        0x70 => BinaryPrimitives.ReadUInt32BigEndian(Take(4)),
        var code => throw new InvalidDataException($"A field has the type 0x{code:x2} instead of a number."),
    };

    /// <summary>Reads a flag. Null is false.</summary>
    public bool ReadBool() => Byte() switch
    {
        0x40 or 0x42 => false,
        0x41 => true,
        0x56 => Byte() != 0,
        var code => throw new InvalidDataException($"A field has the type 0x{code:x2} instead of a flag."),
    };

    /// <summary>Reads the bytes of a string, a symbol or a binary value. Null is empty.</summary>
    public ReadOnlySpan<byte> ReadBytes() => Byte() switch
    {
        0x40 => [],
        0xa0 or 0xa1 or 0xa3 => Take(Byte()),
        0xb0 or 0xb1 or 0xb3 => Take(BinaryPrimitives.ReadInt32BigEndian(Take(4))),
        var code => throw new InvalidDataException($"A field has the type 0x{code:x2} instead of bytes."),
    };

    /// <summary>Skips a field that is not a list, a map or an array.</summary>
    public void Skip()
    {
        var code = Byte();
        Take((code >> 4) switch
        {
            0x4 => 0,
            0x5 => 1,
            0x6 => 2,
            0x7 => 4,
            0x8 => 8,
            0x9 => 16,
            0xa => Byte(),
            0xb => BinaryPrimitives.ReadInt32BigEndian(Take(4)),
            _ => throw new InvalidDataException($"A field has the type 0x{code:x2}, which it cannot have."),
        });
    }

    private byte Byte() => Take(1)[0];

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _rest.Length) throw new InvalidDataException("A frame ends too early.");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
