using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Audrey.Core.Documents;
using Audrey.Core.Instances;
using Audrey.Protocol.Version3;

namespace Audrey.Grains.Rendering;

/// <summary>
/// Writes a complete <see cref="Configuration"/> directly from an instance's values, without intermediate objects. The bytes are the same
/// as the bytes from that type's serializer. A test checks this. The direct way matters because one value can complete ten thousand
/// instances together, and most values are text.
/// </summary>
internal static class CompleteConfiguration
{
    private static readonly JsonEncodedText Revision = JsonEncodedText.Encode("revision");
    private static readonly JsonEncodedText Generation = JsonEncodedText.Encode("generation");
    private static readonly JsonEncodedText Complete = JsonEncodedText.Encode("complete");
    private static readonly JsonEncodedText Services = JsonEncodedText.Encode("services");
    private static readonly JsonEncodedText TarballSha256 = JsonEncodedText.Encode("tarballSha256");
    private static readonly JsonEncodedText LeaveBy = JsonEncodedText.Encode("leaveBy");
    private static readonly JsonEncodedText Name = JsonEncodedText.Encode("name");
    private static readonly JsonEncodedText Parameters = JsonEncodedText.Encode("parameters");
    private static readonly JsonEncodedText Failed = JsonEncodedText.Encode("failed");
    private static readonly JsonEncodedText Retry = JsonEncodedText.Encode("retry");
    private static readonly JsonEncodedText Type = JsonEncodedText.Encode("type");
    private static readonly JsonEncodedText Text = JsonEncodedText.Encode("text");
    private static readonly JsonEncodedText Value = JsonEncodedText.Encode("value");
    private static readonly JsonEncodedText Secret = JsonEncodedText.Encode("secret");

    /// <summary>The maximum size of a buffer that is kept for the next configuration.</summary>
    private const int MaxKeptBytes = 64 * 1024;

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Bytes, Utf8JsonWriter Json)? s_writer;

    /// <summary>Renders the configuration of an instance whose services have every value.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="revision">The string to write as the revision.</param>
    public static byte[] Render(RegisteredInstance instance, string revision)
    {
        var (bytes, json) = s_writer ??= Writer();
        bytes.Clear();
        json.Reset();
        json.WriteStartObject();
        json.WriteString(Revision, revision);
        json.WriteNumber(Generation, instance.Definition.Generation);
        json.WriteBoolean(Complete, true);
        json.WriteStartArray(Services);
        for (var index = 0; index < instance.Required.Services.Length; index++) Write(json, instance, index);
        json.WriteEndArray();
        if (instance.Definition.UploadedTarball is { } digest) json.WriteString(TarballSha256, digest);
        if (instance.Definition.LeaveBy is { } leaveBy) json.WriteString(LeaveBy, leaveBy);
        json.WriteEndObject();
        json.Flush();
        var written = bytes.WrittenSpan.ToArray();

        // The buffer is cleared, because values can be secrets.
        bytes.Clear();
        if (bytes.Capacity > MaxKeptBytes) s_writer = null;
        return written;
    }

    private static (ArrayBufferWriter<byte> Bytes, Utf8JsonWriter Json) Writer()
    {
        var bytes = new ArrayBufferWriter<byte>();
        return (bytes, new Utf8JsonWriter(bytes, new JsonWriterOptions { SkipValidation = true }));
    }

    private static void Write(Utf8JsonWriter json, RegisteredInstance instance, int index)
    {
        var service = instance.Required.Services[index];
        json.WriteStartObject();
        json.WriteString(Name, service.Name);
        json.WriteBoolean(Complete, true);
        json.WriteStartArray(Parameters);
        foreach (var slot in service.Slots)
            if (slot.Value is { } value) Write(json, slot, value);
        json.WriteEndArray();
        if (service.AwaitsEnds && ConfigurationParts.FailedOf(instance, instance.Config.Services[index]) is { } failed)
        {
            json.WritePropertyName(Failed);
            JsonSerializer.Serialize(json, failed, Version3Json.Default.IReadOnlyListFailedService);
        }

        if (instance.Definition.RetryOf(service.Name) is { } run) json.WriteNumber(Retry, run);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, RequiredValues.Slot slot, byte[] value)
    {
        if (slot.List is { } list)
        {
            JsonSerializer.Serialize(json, TypedValue.Format(slot.Config, list, value), Version3Json.Default.Parameter);
            return;
        }

        if (slot.Config.Type != ParameterType.Text || !Utf8.IsValid(value))
        {
            JsonSerializer.Serialize(json, TypedValue.Format(slot.Config, value), Version3Json.Default.Parameter);
            return;
        }

        json.WriteStartObject();
        json.WriteString(Name, slot.Name);
        json.WriteString(Type, Text);
        json.WriteString(Value, value);
        if (slot.Config.Secret) json.WriteBoolean(Secret, true);
        json.WriteEndObject();
    }
}
