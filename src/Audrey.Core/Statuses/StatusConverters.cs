using System.Text.Json;
using System.Text.Json.Serialization;
using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Core.Statuses;

/// <summary>Converters for the parts of a status that have no direct form in JSON.</summary>
internal static class StatusConverters
{
    /// <summary>Reads and writes a value as one string.</summary>
    internal abstract class TextConverter<T>(Func<string, T> parse, Func<T, string> format) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return parse(reader.GetString() ?? "");
            }
            catch (FormatException error)
            {
                throw new JsonException(error.Message, error);
            }
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(format(value));
    }

    internal sealed class InstanceIdConverter() : TextConverter<InstanceId>(InstanceId.Parse, id => id.Value);

    internal sealed class DeployableIdConverter() : TextConverter<DeployableId>(DeployableId.Parse, id => id.Value);

    internal sealed class CompletionStatusConverter() : TextConverter<CompletionStatus>(
        name => CompletionStatusNames.Parse(name) ?? throw new FormatException($"'{name}' is not a status."), CompletionStatusNames.NameOf);

    internal sealed class WaitReasonConverter() : TextConverter<WaitReason>(
        name => Array.Find(Enum.GetValues<WaitReason>(), reason => WaitReasonNames.NameOf(reason) == name), WaitReasonNames.NameOf);

    internal sealed class ReferenceKindConverter() : TextConverter<ReferenceKind>(
        name => name == "service" ? ReferenceKind.ServiceEnd : ReferenceKind.ProvidedParameter,
        kind => kind == ReferenceKind.ServiceEnd ? "service" : "parameter");

    internal sealed class SecondsConverter : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TimeSpan.FromSeconds(reader.GetDouble());

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(value.TotalSeconds);
    }
}
