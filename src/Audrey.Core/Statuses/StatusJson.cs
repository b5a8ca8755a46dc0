using System.Text.Json;
using System.Text.Json.Serialization;

namespace Audrey.Core.Statuses;

/// <summary>Reads and writes statuses as JSON, in the form of protocol version 3.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(DeployableStatus))]
[JsonSerializable(typeof(InstanceStatus))]
[JsonSerializable(typeof(DeployableSummary))]
[JsonSerializable(typeof(InstancesPage))]
[JsonSerializable(typeof(FactsStatus))]
public sealed partial class StatusJson : JsonSerializerContext;
