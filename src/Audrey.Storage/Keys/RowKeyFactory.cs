using System.Text;
using Orleans.Storage;

namespace Audrey.Storage.Keys;

/// <summary>
/// Maps a grain's state to its row exactly as the stock ADO.NET storage does; the hashes are its own hasher's.
/// Keys that the stock storage would fold onto another key's row are refused.
/// </summary>
internal sealed class RowKeyFactory(string serviceId)
{
    /// <summary>The width of the name and key columns, in characters.</summary>
    internal const int MaxNameLength = 512;

    /// <summary>The width of the service id column, in characters.</summary>
    internal const int MaxServiceIdLength = 150;

    /// <summary>The stock storage's default; both sides of the table must use the same one for ever.</summary>
    internal static readonly OrleansDefaultHasher Hasher = new();

    private readonly string _serviceId = Checked(serviceId, "service id", MaxServiceIdLength);

    public RowKey Create(string stateName, GrainId grainId)
    {
        Checked(stateName, "state name", MaxNameLength);
        if (stateName.Contains('`', StringComparison.Ordinal))
            throw new ArgumentException($"The state name '{stateName}' is of a generic type; give the state a plain name.", nameof(stateName));

        var (n0, n1, text, idBytes) = Split(grainId);
        return new RowKey(
            Hasher.Hash(idBytes),
            n0,
            n1,
            Hasher.Hash(Encoding.UTF8.GetBytes(stateName)),
            stateName,
            text,
            _serviceId);
    }

    private static (long N0, long N1, string? Text, byte[] HashBytes) Split(GrainId grainId)
    {
        if (grainId.TryGetGuidKey(out var guid, out var extension))
        {
            RefuseFolded(grainId, GrainIdKeyExtensions.CreateGuidKey(guid, extension));
            var bytes = guid.ToByteArray();
            return (BitConverter.ToInt64(bytes, 0), BitConverter.ToInt64(bytes, 8), CheckedExtension(extension), HashBytes(bytes, extension));
        }

        if (grainId.TryGetIntegerKey(out var integer, out extension))
        {
            RefuseFolded(grainId, GrainIdKeyExtensions.CreateIntegerKey(integer, extension));
            return (0, integer, CheckedExtension(extension), HashBytes(BitConverter.GetBytes(integer), extension));
        }

        var key = Checked(grainId.Key.ToString()!, "grain key", MaxNameLength);
        return (0, 0, key, HashBytes([], key));
    }

    private static void RefuseFolded(GrainId grainId, IdSpan canonical)
    {
        if (grainId.Key == canonical)
            return;

        throw new ArgumentException(
            $"The key '{grainId.Key}' of grain type '{grainId.Type}' reads as a number or a UUID, and the storage would keep it in the row of "
            + $"'{canonical}'. Begin the key with something that is not hexadecimal, such as 'i:'.",
            nameof(grainId));
    }

    private static byte[] HashBytes(byte[] prefix, string? text)
    {
        byte[] bytes = text is null ? prefix : [.. prefix, .. Encoding.UTF8.GetBytes(text)];
        Array.Reverse(bytes);
        return bytes;
    }

    private static string? CheckedExtension(string? extension) =>
        string.IsNullOrEmpty(extension) ? null : Checked(extension, "key extension", MaxNameLength);

    private static string Checked(string value, string what, int maxLength)
    {
        if (string.IsNullOrEmpty(value))
            throw new ArgumentException($"The {what} is empty.");
        if (value.Length > maxLength)
            throw new ArgumentException($"The {what} has {value.Length} characters; the storage takes {maxLength} at most.");
        if (value.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException($"The {what} holds a NUL character, which the storage cannot take.");
        return value;
    }
}
