using System.Text;
using System.Text.Json;
using Audrey.Core.Text;

namespace Audrey.Gateway.Documents;

/// <summary>Reads the values of provided parameters.</summary>
internal static class ValueReader
{
    /// <summary>Returns the value's bytes, or the problem with the value.</summary>
    public static (byte[]? Bytes, string? Problem) Read(JsonElement value)
    {
        try
        {
            return ReadUnicode(value);
        }
        catch (InvalidOperationException)
        {
            // A string or a name contains an escaped half of a surrogate pair.
            return (null, "is not valid Unicode");
        }
    }

    private static (byte[]? Bytes, string? Problem) ReadUnicode(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => (Encoding.UTF8.GetBytes(value.GetString()!), null),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => (Encoding.UTF8.GetBytes(value.GetRawText()), null),
        JsonValueKind.Array => List(value),
        JsonValueKind.Object => Base64(value),
        _ => (null, "is null; leave out a value that should not change"),
    };

    private static (byte[]? Bytes, string? Problem) List(JsonElement value)
    {
        List<string> lines = [];
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String || item.GetString() is not { } text)
                return (null, $"has an item at index {lines.Count} that is not a string");
            if (text.Contains('\n', StringComparison.Ordinal))
                return (null, $"has an item at index {lines.Count} with a line feed, which separates the items of a list");
            lines.Add(text);
        }

        return (Encoding.UTF8.GetBytes(ListText.Join(lines)), null);
    }

    private static (byte[]? Bytes, string? Problem) Base64(JsonElement value)
    {
        const string Problem = "is an object; it must be {\"base64\": \"...\"}, with padded base64";
        JsonProperty[] properties = [.. value.EnumerateObject()];
        if (properties is not [{ Name: "base64" } only] || only.Value.ValueKind != JsonValueKind.String) return (null, Problem);
        return only.Value.TryGetBytesFromBase64(out var bytes) ? (bytes, null) : (null, Problem);
    }
}
