using System.Buffers.Binary;
using System.Security.Cryptography;
using SharpCompress.Compressors.Xz;

namespace Audrey.Gateway.Uploads;

/// <summary>The check value of the content of a block.</summary>
internal sealed class XzCheck : IDisposable
{
    private readonly IncrementalHash? _sha256;
    private uint _crc32 = uint.MaxValue;
    private ulong _crc64 = ulong.MaxValue;

    private XzCheck(int length)
    {
        Length = length;
        if (length == SHA256.HashSizeInBytes) _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    }

    /// <summary>Gets the length of the value in bytes. 0 if there is none.</summary>
    public int Length { get; }

    /// <summary>Creates the check with an id of the format. Null if the id is unknown.</summary>
    public static XzCheck? Create(int id) => id switch
    {
        0 => new(0),
        1 => new(sizeof(uint)),
        4 => new(sizeof(ulong)),
        10 => new(SHA256.HashSizeInBytes),
        _ => null,
    };

    /// <summary>Returns the CRC32 that protects a header.</summary>
    public static byte[] Crc32Of(ReadOnlySpan<byte> bytes)
    {
        using var check = new XzCheck(sizeof(uint));
        check.Append(bytes);
        return check.Finish();
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (Length == sizeof(uint)) _crc32 = Crc32.Update(_crc32, bytes);
        else if (Length == sizeof(ulong)) _crc64 = Crc64.UpdateXz(_crc64, bytes);
        else _sha256?.AppendData(bytes);
    }

    /// <summary>Returns the value in the order of the file. No further bytes can be appended.</summary>
    public byte[] Finish()
    {
        if (_sha256 is not null) return _sha256.GetHashAndReset();
        var value = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(value, Length == sizeof(uint) ? ~_crc32 : ~_crc64);
        return value[..Length];
    }

    public void Dispose() => _sha256?.Dispose();
}
