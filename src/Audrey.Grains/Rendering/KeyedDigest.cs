using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Audrey.Grains.Rendering;

/// <summary>
/// Computes digests that cannot be computed without the secret. The class uses SipHash-2-4 with a result of 128 bits (Aumasson and
/// Bernstein, 2012), which was designed for inputs as short as these. The key is the start of the SHA-256 of the secret. See decision 0034.
/// </summary>
internal readonly struct KeyedDigest
{
    /// <summary>The length of a digest in bytes.</summary>
    public const int Bytes = 16;

    private readonly ulong _key0;
    private readonly ulong _key1;

    /// <summary>Creates a digest function with a key.</summary>
    /// <param name="key">The key, 16 bytes long.</param>
    public KeyedDigest(ReadOnlySpan<byte> key) =>
        (_key0, _key1) = (BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key[8..]));

    /// <summary>Creates a digest function with a secret of any length.</summary>
    public static KeyedDigest FromSecret(string secret) => new(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Computes a digest.</summary>
    /// <param name="text">The bytes to digest, of any length.</param>
    /// <param name="digest">The buffer for the digest, <see cref="Bytes"/> long.</param>
    public void Compute(ReadOnlySpan<byte> text, Span<byte> digest)
    {
        var mixer = new Mixer(_key0, _key1);
        var rest = text;
        for (; rest.Length >= sizeof(ulong); rest = rest[sizeof(ulong)..]) mixer.Add(BinaryPrimitives.ReadUInt64LittleEndian(rest));

        // The last word holds the remaining bytes. The highest byte of this word holds the length.
        var last = (ulong)text.Length << 56;
        for (var index = 0; index < rest.Length; index++) last |= (ulong)rest[index] << (8 * index);
        mixer.Add(last);

        BinaryPrimitives.WriteUInt64LittleEndian(digest, mixer.First());
        BinaryPrimitives.WriteUInt64LittleEndian(digest[8..], mixer.Second());
    }

    private struct Mixer(ulong key0, ulong key1)
    {
        private ulong _v0 = key0 ^ 0x736f6d6570736575;
        private ulong _v1 = key1 ^ 0x646f72616e646f6d ^ 0xee;
        private ulong _v2 = key0 ^ 0x6c7967656e657261;
        private ulong _v3 = key1 ^ 0x7465646279746573;

        public void Add(ulong word)
        {
            _v3 ^= word;
            Round();
            Round();
            _v0 ^= word;
        }

        public ulong First()
        {
            _v2 ^= 0xee;
            return Finish();
        }

        public ulong Second()
        {
            _v1 ^= 0xdd;
            return Finish();
        }

        private ulong Finish()
        {
            for (var round = 0; round < 4; round++) Round();
            return _v0 ^ _v1 ^ _v2 ^ _v3;
        }

        private void Round()
        {
            _v0 += _v1;
            _v2 += _v3;
            _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
            _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
            _v0 = BitOperations.RotateLeft(_v0, 32);
            _v2 += _v1;
            _v0 += _v3;
            _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
            _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
            _v2 = BitOperations.RotateLeft(_v2, 32);
        }
    }
}
