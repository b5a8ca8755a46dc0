using System.Text;
using Orleans.Storage;

namespace Audrey.Storage.Keys;

/// <summary>
/// Maps a grain's state to its row exactly as the stock ADO.NET storage does, with the same hasher. Refuses keys that the stock storage
/// would store in the row of another key.
/// </summary>
internal sealed class RowKeyFactory(string serviceId)
{
    /// <summary>The width of the columns for the state name and the grain key, in characters.</summary>
    internal const int MaxNameLength = 512;

    /// <summary>The width of the column for the service id, in characters.</summary>
    internal const int MaxServiceIdLength = 150;

    /// <summary>The default hasher of the stock storage. Both storages must use the same hasher for the life of the database.</summary>
    internal static readonly OrleansDefaultHasher Hasher = new();

    private readonly string _serviceId = Validate(serviceId, "service id", MaxServiceIdLength);

    public RowKey Create(string stateName, GrainId grainId)
    {
        Validate(stateName, "state name", MaxNameLength);
        if (stateName.Contains('`', StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"The state name '{stateName}' is the name of a generic type; give the state a plain name.", nameof(stateName));
        }

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
            var (n0, n1) = (BitConverter.ToInt64(bytes, 0), BitConverter.ToInt64(bytes, 8));
            return (n0, n1, ValidateExtension(extension), GetHashInput(bytes, extension));
        }

        if (grainId.TryGetIntegerKey(out var integer, out extension))
        {
            RefuseFolded(grainId, GrainIdKeyExtensions.CreateIntegerKey(integer, extension));
            return (0, integer, ValidateExtension(extension), GetHashInput(BitConverter.GetBytes(integer), extension));
        }

        var key = Validate(grainId.Key.ToString()!, "grain key", MaxNameLength);
        return (0, 0, key, GetHashInput([], key));
    }

    private static void RefuseFolded(GrainId grainId, IdSpan canonical)
    {
        if (grainId.Key == canonical) return;

        throw new ArgumentException(
            $"The key '{grainId.Key}' of grain type '{grainId.Type}' can be read as a number or a UUID, and would be stored in the row of "
            + $"'{canonical}'. Begin the key with characters that are not hexadecimal digits, such as 'i:'.",
            nameof(grainId));
    }

    private static byte[] GetHashInput(byte[] prefix, string? text)
    {
        byte[] bytes = text is null ? prefix : [.. prefix, .. Encoding.UTF8.GetBytes(text)];
        Array.Reverse(bytes);
        return bytes;
    }

    private static string? ValidateExtension(string? extension) =>
        string.IsNullOrEmpty(extension) ? null : Validate(extension, "key extension", MaxNameLength);

    private static string Validate(string value, string what, int maxLength)
    {
        if (string.IsNullOrEmpty(value)) throw new ArgumentException($"The {what} is empty.");
        if (value.Length > maxLength)
            throw new ArgumentException($"The {what} has {value.Length} characters; the storage accepts at most {maxLength}.");
        if (value.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException($"The {what} contains a NUL character, which the storage cannot hold.");
        return value;
    }
}
