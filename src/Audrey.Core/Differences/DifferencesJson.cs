using System.Text.Json;
using System.Text.Json.Serialization;

namespace Audrey.Core.Differences;

/// <summary>Reads and writes differences as JSON, in the form of protocol version 3.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(DeployableDifferences))]
public sealed partial class DifferencesJson : JsonSerializerContext;
