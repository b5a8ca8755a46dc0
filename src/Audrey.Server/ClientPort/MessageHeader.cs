using System.Buffers.Binary;

namespace Audrey.Server.ClientPort;

/// <summary>The flags of a message header of Orleans.</summary>
[Flags]
internal enum HeaderFlags : uint
{
    None = 0,
    System = 0x1,
    ReadOnly = 0x2,
    AlwaysInterleave = 0x4,
    Unordered = 0x8,
    RequestContext = 0x10,
    InterfaceVersion = 0x20,
    InterfaceType = 0x40,
    CacheInvalidation = 0x80,
    TimeToLive = 0x100,
    LocalOnly = 0x200,
    SuppressKeepAlive = 0x400,
    Request = 1 << 16,
    OneWay = 3 << 16,
}

/// <summary>
/// The beginning of a message of Orleans: the lengths of the header and the body (4 bytes each), the flags (4), the id of the call (8), the
/// sender and the target. All numbers are little endian. The rest of the header is not read here.
/// </summary>
internal readonly ref struct MessageHeader
{
    /// <summary>The number of bytes that the two lengths occupy.</summary>
    public const int LengthOfLengths = 8;

    private const int LengthOfFlagsAndId = 12;

    private readonly ReadOnlySpan<byte> _ids;

    private MessageHeader(HeaderFlags flags, ReadOnlySpan<byte> ids, ReadOnlySpan<byte> body)
    {
        Flags = flags;
        _ids = ids;
        Body = body;
    }

    /// <summary>Gets the flags and the direction.</summary>
    public HeaderFlags Flags { get; }

    /// <summary>Gets the beginning of the body.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>Splits the beginning of a message.</summary>
    /// <param name="header">The header, or its beginning.</param>
    /// <param name="body">The body, or its beginning.</param>
    /// <exception cref="FrameRefusedException">The header is too short.</exception>
    public static MessageHeader Split(ReadOnlySpan<byte> header, ReadOnlySpan<byte> body)
    {
        if (header.Length < LengthOfFlagsAndId) throw new FrameRefusedException("its header is too short");
        return new((HeaderFlags)BinaryPrimitives.ReadUInt32LittleEndian(header), header[LengthOfFlagsAndId..], body);
    }

    /// <summary>Returns whether the sender is exactly this id.</summary>
    public bool IsFrom(ReadOnlySpan<byte> sender) => _ids.StartsWith(sender);

    /// <summary>Returns whether the header has this sender, and the target after it begins with these bytes.</summary>
    public bool IsTo(ReadOnlySpan<byte> sender, ReadOnlySpan<byte> target) => IsFrom(sender) && _ids[sender.Length..].StartsWith(target);

    /// <summary>
    /// Returns whether the body is an object whose type is given by name, and this name contains <paramref name="interfaceName"/>. A
    /// request's type name contains the interface that is really called, even if the header names another one.
    /// </summary>
    public bool Calls(ReadOnlySpan<byte> interfaceName)
    {
        // The bytes are a field header with the schema type "encoded", version 1 of the encoding, a hash (4 bytes), the name's length, and
        // the name.
        const byte SchemaTypeMask = 0b000_11_000, Encoded = 0b000_10_000;
        const int LengthOfHash = 4;
        if (Body.Length < 2 || (Body[0] & SchemaTypeMask) != Encoded || Body[1] != 1) return false;
        var rest = Body[2..];
        if (rest.Length <= LengthOfHash || !TryReadLength(rest[LengthOfHash..], out var length, out var start)) return false;
        var name = rest[(LengthOfHash + start)..];
        return name.Length >= length && name[..length].IndexOf(interfaceName) >= 0;
    }

    /// <summary>
    /// Reads a number of one or two bytes. The number of zero bits at the low end of the first byte tells how many bytes follow it.
    /// </summary>
    private static bool TryReadLength(ReadOnlySpan<byte> bytes, out int length, out int read)
    {
        (length, read) = (0, 0);
        if (bytes.Length < 2) return false;
        if ((bytes[0] & 0b1) != 0) (length, read) = (bytes[0] >> 1, 1);
        else if ((bytes[0] & 0b10) != 0) (length, read) = (BinaryPrimitives.ReadUInt16LittleEndian(bytes) >> 2, 2);
        return read > 0;
    }
}
