using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Audrey.Protocol.Version3;

/// <summary>The configuration of an instance's services.</summary>
public sealed record Configuration
{
    /// <summary>
    /// Identifies the content that a guest acts on: the values of complete services, and the services that failed. The revision is opaque,
    /// and does not change when the server restarts.
    /// </summary>
    [JsonPropertyOrder(-1)]
    public required string Revision { get; init; }

    /// <summary>The number of this registration of the instance.</summary>
    public required long Generation { get; init; }

    /// <summary>Whether every service has all its values.</summary>
    public required bool Complete { get; init; }

    /// <summary>The services, in order.</summary>
    public required IReadOnlyList<ServiceConfiguration> Services { get; init; }

    /// <summary>
    /// SHA-256 of the tarball in lower-case hexadecimal digits, if it was replaced since this registration. If it changes, the guest gets
    /// the tarball again. Omitted if the tarball is that of the registration.
    /// </summary>
    public string? TarballSha256 { get; init; }

    /// <summary>
    /// The time at which a scaling removes the instance from its group. Until then, the guest can hand over its work. It reports the
    /// revision as applied when it is done, and the instance is then removed early. Omitted if the instance does not leave.
    /// </summary>
    public DateTimeOffset? LeaveBy { get; init; }

    /// <summary>
    /// Whether the guest should stay when all services have ended, and apply later changes of its configuration. Omitted if not.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Stay { get; init; }
}

/// <summary>The configuration of one service.</summary>
public sealed record ServiceConfiguration
{
    /// <summary>The name of the service.</summary>
    public required string Name { get; init; }

    /// <summary>Whether every value is known.</summary>
    public required bool Complete { get; init; }

    /// <summary>The known values, in this order: given values, references to parameters, references to services.</summary>
    public required IReadOnlyList<Parameter> Parameters { get; init; }

    /// <summary>The missing values, with the reasons why they are missing.</summary>
    public IReadOnlyList<MissingParameter>? Missing { get; init; }

    /// <summary>The failed services that this service waited for, each with whether it stops this service.</summary>
    public IReadOnlyList<FailedService>? Failed { get; init; }

    /// <summary>
    /// The lowest number of the run that a conductor demands. If the last run of the service has a lower number, the guest runs the service
    /// again, also with the same values. Omitted if no conductor has demanded a run.
    /// </summary>
    public long? Retry { get; init; }
}

/// <summary>A required parameter that has a value.</summary>
public sealed record Parameter
{
    /// <summary>The name of the parameter.</summary>
    public required string Name { get; init; }

    /// <summary><c>text</c>, <c>integer</c>, <c>boolean</c> or <c>list</c>.</summary>
    public required string Type { get; init; }

    /// <summary>
    /// The value: a string, a number, true, false, or an array of strings. Null if it is not text; see <see cref="Base64"/>.
    /// </summary>
    public JsonNode? Value { get; init; }

    /// <summary>The bytes of the value in base64, if they are not UTF-8.</summary>
    public string? Base64 { get; init; }

    /// <summary>
    /// The reason why the value does not match its type and is therefore given as text. Null if the value matches its type.
    /// </summary>
    public string? Problem { get; init; }

    /// <summary>Whether the value is a secret and must not be shown. Omitted if it is not a secret.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Secret { get; init; }
}

/// <summary>A required parameter without a value, with the cause, the provider and the start of the wait.</summary>
public sealed record MissingParameter
{
    /// <summary>The name of the parameter.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// <c>not-given-yet</c>, <c>provider-unknown</c>, <c>not-declared</c>, <c>waits-for-itself</c> or <c>group-too-small</c>. With
    /// <c>not-declared</c> and <c>waits-for-itself</c>, the value will never arrive.
    /// </summary>
    public required string Reason { get; init; }

    /// <summary>The reason as a sentence for human readers.</summary>
    public required string Detail { get; init; }

    /// <summary>The time since when the value has been missing.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>
    /// <c>parameter</c> if the parameter waits for a value of the provider. <c>service</c> if it waits for the end of a service of the
    /// provider.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>The name of the provider's parameter or service.</summary>
    public required string Of { get; init; }

    /// <summary>
    /// The instance that provides the value. If the group is too small, there is no such instance: <c>instance</c> is then <c>none</c>, and
    /// <c>assembly</c> is the group.
    /// </summary>
    public required ValueProvider Provider { get; init; }

    /// <summary>
    /// The state of the group, if the parameter refers to a group. Each missing member of the group has its own entry. If the group has
    /// fewer members than values are needed, one more entry says so.
    /// </summary>
    public MissingGroup? Group { get; init; }
}

/// <summary>A group that a parameter waits for.</summary>
/// <param name="Name">The assembly of the group.</param>
/// <param name="Given">The number of the group's instances that have given their value.</param>
/// <param name="Needed">The number of values that are required.</param>
/// <param name="Size">The number of instances in the group.</param>
public sealed record MissingGroup(string Name, int Given, int Needed, int Size);

/// <summary>The instance that gives a value.</summary>
public sealed record ValueProvider
{
    /// <summary>
    /// The UUID in place of an instance that does not exist, because a group is too small. Readers of earlier versions require a provider.
    /// </summary>
    public const string None = "none";

    /// <summary>The UUID of the instance.</summary>
    public required string Instance { get; init; }

    /// <summary>The label of the instance. Omitted if it is not known.</summary>
    public string? Label { get; init; }

    /// <summary>The name of the instance's assembly. Omitted if it is not known.</summary>
    public string? Assembly { get; init; }

    /// <summary>
    /// The time of the first contact with the instance's guest. Omitted if there was no contact, or if the time is not known.
    /// </summary>
    public DateTimeOffset? FirstContact { get; init; }

    /// <summary>
    /// The time of the last contact with the instance's guest. Omitted if there was no contact, or if the time is not known.
    /// </summary>
    public DateTimeOffset? LastContact { get; init; }

    /// <summary>The failed services of the instance. They may be the reason why the value is missing.</summary>
    public IReadOnlyList<FailedService>? Failed { get; init; }
}

/// <summary>A service that ended with an exit status other than 0.</summary>
/// <param name="Instance">The UUID of the service's instance.</param>
/// <param name="Service">The name of the service.</param>
/// <param name="ExitStatus">The exit status as the service's guest reported it.</param>
public sealed record FailedService(string Instance, string Service, string ExitStatus)
{
    /// <summary>
    /// <c>stop</c> if the service that waited must not run until the failed service has succeeded. Omitted if it may run.
    /// </summary>
    public string? OnFailed { get; init; }
}
