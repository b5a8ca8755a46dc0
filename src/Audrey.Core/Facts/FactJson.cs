using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Audrey.Core.Facts;

/// <summary>The values of facts as JSON, and as the text that instances receive.</summary>
internal static class FactJson
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = FactLimits.MaxDepth, AllowDuplicateProperties = false };

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Returns a value in its canonical form: without white space, and with sorted names in objects. So equal values are equal texts.
    /// </summary>
    /// <returns>The value, or null if the text is not JSON, is nested too deeply or has a name twice.</returns>
    public static string? Normalize(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            var buffer = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(buffer, Compact)) Write(writer, document.RootElement);
            return Encoding.UTF8.GetString(buffer.WrittenSpan);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or ArgumentException)
        {
            // Not JSON, or a string with half of a surrogate pair.
            return null;
        }
    }

    /// <summary>
    /// Returns the text of a canonical value as the guest gives it over HTTP: a text without quotes, a number as written, the items of a
    /// list with commas between them, and other structures as JSON.
    /// </summary>
    public static string ToText(string json)
    {
        using var document = JsonDocument.Parse(json, Strict);
        var root = document.RootElement;
        return root.ValueKind == JsonValueKind.Array && root.EnumerateArray().All(IsScalar)
            ? string.Join(',', root.EnumerateArray().Select(ToText))
            : ToText(root);
    }

    private static bool IsScalar(JsonElement value) => value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object);

    private static string ToText(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in value.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Name);
                    Write(writer, property.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(writer, item);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(value.GetString());
                break;
            default:
                writer.WriteRawValue(value.GetRawText());
                break;
        }
    }
}
