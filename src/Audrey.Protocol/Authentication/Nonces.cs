using System.Globalization;
using System.Security.Cryptography;

namespace Audrey.Protocol.Authentication;

/// <summary>
/// Creates nonces. Each nonce differs from all others of this process and, very likely, from those of every other process.
/// </summary>
internal sealed class Nonces
{
    private readonly string _prefix = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    private long _count;

    public string Next() => string.Create(CultureInfo.InvariantCulture, $"{_prefix}{Interlocked.Increment(ref _count):x}");
}
