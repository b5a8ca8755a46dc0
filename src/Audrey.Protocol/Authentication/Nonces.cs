using System.Globalization;
using System.Security.Cryptography;

namespace Audrey.Protocol.Authentication;

/// <summary>Creates nonces that differ from one another and, very likely, from those of every other process.</summary>
internal sealed class Nonces
{
    private readonly string _prefix = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    private long _count;

    public string Next() => string.Create(CultureInfo.InvariantCulture, $"{_prefix}{Interlocked.Increment(ref _count):x}");
}
