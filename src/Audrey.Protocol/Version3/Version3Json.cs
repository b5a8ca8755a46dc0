using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Audrey.Protocol.Version3;

/// <summary>
/// Reads and writes the bodies of version 3 without reflection, so that the guest program, which is compiled to native code, can use this
/// class.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict,
    AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(Hello))]
[JsonSerializable(typeof(Configuration))]
[JsonSerializable(typeof(ValuesRequest))]
[JsonSerializable(typeof(ValuesAnswer))]
[JsonSerializable(typeof(FactsRequest))]
[JsonSerializable(typeof(AppliedRequest))]
[JsonSerializable(typeof(ServiceRequest))]
[JsonSerializable(typeof(Acknowledgement))]
[JsonSerializable(typeof(DeployableList))]
[JsonSerializable(typeof(DeployableRequest))]
[JsonSerializable(typeof(DeployableAnswer))]
[JsonSerializable(typeof(GroupRequest))]
[JsonSerializable(typeof(GroupState))]
[JsonSerializable(typeof(OwnerRequest))]
[JsonSerializable(typeof(OwnerState))]
[JsonSerializable(typeof(AddedPage))]
[JsonSerializable(typeof(RemovedPage))]
[JsonSerializable(typeof(RenewRequest))]
[JsonSerializable(typeof(ReplaceRequest))]
[JsonSerializable(typeof(ReplacedInstance))]
[JsonSerializable(typeof(DefinitionRequest))]
[JsonSerializable(typeof(LaunchStart))]
[JsonSerializable(typeof(LaunchState))]
[JsonSerializable(typeof(LaunchLine))]
[JsonSerializable(typeof(LaunchedInstances))]
[JsonSerializable(typeof(CredentialRequest))]
[JsonSerializable(typeof(RotationRequest))]
[JsonSerializable(typeof(IssuedSecret))]
[JsonSerializable(typeof(CredentialList))]
[JsonSerializable(typeof(AuditList))]
[JsonSerializable(typeof(SecretRotationRequest))]
[JsonSerializable(typeof(CurrentSecret))]
[JsonSerializable(typeof(RetryRequest))]
[JsonSerializable(typeof(RetriedServices))]
[JsonSerializable(typeof(BusInfo))]
[JsonSerializable(typeof(EventList))]
[JsonSerializable(typeof(Event))]
[JsonSerializable(typeof(EventGap))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(JsonNode))]
public sealed partial class Version3Json : JsonSerializerContext;
