using System.Security.Cryptography;

namespace Audrey.Core.Secrets;

/// <summary>Creates the secrets of instances and conductors.</summary>
public static class NewSecret
{
    private const int Bits = 256;

    /// <summary>Returns 256 random bits as lower-case hexadecimal digits.</summary>
    public static string Create() => RandomNumberGenerator.GetHexString(Bits / 4, lowercase: true);
}
