using System.Text.Json;
using System.Text.Json.Serialization;

namespace Audrey.Agent.State;

/// <summary>
/// The JSON context of the files in the state directory. It is generated at build time, because a native program has no reflection.
/// </summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(JournalDocument))]
[JsonSerializable(typeof(RunStatus))]
internal sealed partial class StateJson : JsonSerializerContext;
