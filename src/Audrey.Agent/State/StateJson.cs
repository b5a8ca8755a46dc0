using System.Text.Json;
using System.Text.Json.Serialization;

namespace Audrey.Agent.State;

/// <summary>
/// The JSON context of the files in the state directory. The context is generated at build time, because a native program does not support
/// reflection.
/// </summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(JournalDocument))]
[JsonSerializable(typeof(RunStatus))]
[JsonSerializable(typeof(SecretDocument))]
internal sealed partial class StateJson : JsonSerializerContext;
