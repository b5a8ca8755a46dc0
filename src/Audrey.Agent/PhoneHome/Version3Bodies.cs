using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Audrey.Agent.PhoneHome;

/// <summary>Writes the bodies that hold values: values are bytes, and JSON has none.</summary>
internal static class Version3Bodies
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The body of PUT /values: what is UTF-8 as a string, all else in base64.</summary>
    public static byte[] Values(long generation, long revision, IReadOnlyDictionary<string, byte[]> values)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("generation", generation);
            writer.WriteNumber("revision", revision);
            writer.WriteStartObject("values");
            foreach (var (name, value) in values) Write(writer, name, value);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, string name, byte[] value)
    {
        try
        {
            writer.WriteString(name, StrictUtf8.GetString(value));
        }
        catch (DecoderFallbackException)
        {
            writer.WriteStartObject(name);
            writer.WriteBase64String("base64", value);
            writer.WriteEndObject();
        }
    }
}
