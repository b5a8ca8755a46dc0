using System.Text.Json;
using System.Text.Json.Serialization;
using Audrey.Protocol.Version3;

namespace Audrey.Agent.ConfigServer;

/// <summary>
/// The bodies of version 3 that a guest reads and writes. The protocol's own context also has the bodies of conductors, which would only
/// make this program larger. The options are the same.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict,
    AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(Hello))]
[JsonSerializable(typeof(Configuration))]
[JsonSerializable(typeof(ValuesAnswer))]
[JsonSerializable(typeof(FactsRequest))]
[JsonSerializable(typeof(AppliedRequest))]
[JsonSerializable(typeof(ServiceRequest))]
[JsonSerializable(typeof(Acknowledgement))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class GuestJson : JsonSerializerContext;
