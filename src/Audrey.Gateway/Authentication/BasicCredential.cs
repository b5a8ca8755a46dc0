using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Audrey.Abstractions.Credentials;

namespace Audrey.Gateway.Authentication;

/// <summary>Reads a credential of HTTP Basic (RFC 7617): user, colon and secret, in UTF-8 and base64.</summary>
internal static class BasicCredential
{
    /// <summary>The length of the longest credential that is read, in base64.</summary>
    private const int MaxCharacters = 32 * 1024;

    private const string Scheme = "Basic ";

    /// <summary>
    /// Returns whether the header holds this user with this secret. The expected user is known and is compared as a whole, so it can
    /// contain a colon. The duration of the comparison reveals only the length of the secret.
    /// </summary>
    public static bool Verify(string? header, string user, ReadOnlySpan<byte> secret)
    {
        if (secret.IsEmpty || !TryDecode(header, out var rented, out var length)) return false;
        try
        {
            var given = rented.AsSpan(0, length);
            return TryTakeUser(ref given, user) && CryptographicOperations.FixedTimeEquals(secret, given);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    /// <summary>Returns whether the header holds this user with any secret. The user can contain a colon.</summary>
    public static bool IsOf(string? header, string user)
    {
        if (!TryDecode(header, out var rented, out var length)) return false;
        try
        {
            var given = rented.AsSpan(0, length);
            return TryTakeUser(ref given, user);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    /// <summary>Returns the user in the header, or null if there is no credential. The user ends at the first colon.</summary>
    public static string? UserOf(string? header)
    {
        if (!TryDecode(header, out var rented, out var length)) return null;
        try
        {
            var colon = rented.AsSpan(0, length).IndexOf((byte)':');
            return colon < 0 ? null : Encoding.UTF8.GetString(rented, 0, colon);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    /// <summary>Removes the user and the colon from the credential. Returns false if the credential has another user.</summary>
    private static bool TryTakeUser(ref Span<byte> credential, string user)
    {
        var length = Encoding.UTF8.GetByteCount(user);
        if (credential.Length <= length || credential[length] != ':') return false;
        Span<byte> name = length <= 512 ? stackalloc byte[length] : new byte[length];
        Encoding.UTF8.GetBytes(user, name);
        if (!name.SequenceEqual(credential[..length])) return false;
        credential = credential[(length + 1)..];
        return true;
    }

    private static bool TryDecode(string? header, out byte[] rented, out int length)
    {
        (rented, length) = ([], 0);
        if (header is null || header.Length > MaxCharacters || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return false;
        var encoded = header.AsSpan(Scheme.Length).Trim();
        rented = ArrayPool<byte>.Shared.Rent(Base64.GetMaxDecodedFromUtf8Length(encoded.Length) + 1);
        if (Convert.TryFromBase64Chars(encoded, rented, out length)) return true;
        ArrayPool<byte>.Shared.Return(rented);
        return false;
    }
}

/// <summary>A conductor's key and secret in a header of HTTP Basic.</summary>
internal readonly struct BasicProof(string header, string key) : ICredentialProof
{
    public string Key => key;

    public bool IsMadeWith(ReadOnlySpan<byte> secret) => BasicCredential.Verify(header, key, secret);
}
