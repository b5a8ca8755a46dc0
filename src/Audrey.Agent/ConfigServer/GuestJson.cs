using System.Text.Json;
using System.Text.Json.Serialization;
using Audrey.Protocol.Version3;

namespace Audrey.Agent.ConfigServer;

/// <summary>
/// The JSON context of the version 3 bodies that a guest reads and writes. This context has the same options as the protocol's own context.
/// The protocol's context is not used, because it also contains the bodies of conductors and would make this program larger.
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
[JsonSerializable(typeof(CurrentSecret))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class GuestJson : JsonSerializerContext;
