using System.Diagnostics.CodeAnalysis;
using System.Text;
using Audrey.Protocol.Authentication;

namespace Audrey.Protocol.Text;

/// <summary>Reads fields of a body of type <c>application/x-www-form-urlencoded</c> as bytes.</summary>
public static class FormField
{
    /// <summary>Finds a field. If several fields have the name, the last field is used.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="name">The decoded name of the field.</param>
    /// <param name="value">The decoded bytes in any character set. Empty for a name without a value.</param>
    /// <returns>False if there is no such field.</returns>
    /// <remarks>A <c>%</c> without two hexadecimal digits after it stands for itself.</remarks>
    public static bool TryGet(ReadOnlySpan<byte> body, string name, [NotNullWhen(true)] out byte[]? value)
    {
        ReadOnlySpan<byte> wanted = Encoding.UTF8.GetBytes(name);
        ReadOnlySpan<byte> found = default;
        var isFound = false;
        while (!body.IsEmpty)
        {
            var end = body.IndexOf((byte)'&');
            var field = end < 0 ? body : body[..end];
            body = end < 0 ? default : body[(end + 1)..];

            var equals = field.IndexOf((byte)'=');
            if (!field.IsEmpty && IsNamed(equals < 0 ? field : field[..equals], wanted))
            {
                found = equals < 0 ? default : field[(equals + 1)..];
                isFound = true;
            }
        }

        value = isFound ? Decode(found) : null;
        return isFound;
    }

    private static bool IsNamed(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> wanted) =>
        (encoded.SequenceEqual(wanted) && wanted.IndexOfAny("+%"u8) < 0)
        || (encoded.IndexOfAny("+%"u8) >= 0 && encoded.Length <= wanted.Length * 3 && Decode(encoded).AsSpan().SequenceEqual(wanted));

    private static byte[] Decode(ReadOnlySpan<byte> encoded)
    {
        var decoded = new byte[encoded.Length];
        return decoded[..PercentEncoding.Decode(encoded, decoded)];
    }
}
