using System.Buffers;
using System.Text;
using System.Text.Json;
using Audrey.Core.Text;

namespace Audrey.Agent.ConfigServer.Version3;

/// <summary>Writes the bodies that hold values. A value consists of bytes, which JSON cannot represent directly.</summary>
internal static class Version3Bodies
{
    /// <summary>Writes the body of PUT /values. A value that is valid UTF-8 becomes a string. Any other value becomes base64.</summary>
    public static byte[] WriteValues(long generation, long number, IReadOnlyDictionary<string, byte[]> values)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("generation", generation);
            writer.WriteNumber("revision", number);
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
            writer.WriteString(name, StrictUtf8.Encoding.GetString(value));
        }
        catch (DecoderFallbackException)
        {
            writer.WriteStartObject(name);
            writer.WriteBase64String("base64", value);
            writer.WriteEndObject();
        }
    }
}
