using System.Globalization;
using System.Security.Cryptography;

namespace Audrey.Protocol.Authentication;

/// <summary>Makes nonces that differ from one another and, in all likelihood, from every other process's.</summary>
internal sealed class Nonces
{
    private readonly string _prefix = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    private long _count;

    public string Next() => string.Create(CultureInfo.InvariantCulture, $"{_prefix}{Interlocked.Increment(ref _count):x}");
}
