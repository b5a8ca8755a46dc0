using System.Text.Json;
using System.Text.Json.Serialization;

namespace Audrey.Agent.State;

/// <summary>How the state's files are written; made at build time, as a native program has no reflection to do it by.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(JournalDocument))]
[JsonSerializable(typeof(StatusDocument))]
internal sealed partial class StateJson : JsonSerializerContext;
