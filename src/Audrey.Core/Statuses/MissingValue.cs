using System.Text.Json.Serialization;
using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Core.Statuses;

/// <summary>
/// A required parameter without a value, with the value that it waits for, the provider, and the start of the wait. <see cref="ToString"/>
/// returns all of this as a sentence.
/// </summary>
public sealed record MissingValue
{
    private static readonly InstanceId NoInstance = InstanceId.Parse("none");

    /// <summary>The instance that waits.</summary>
    [JsonIgnore]
    public InstanceId Instance { get; init; }

    /// <summary>The label of the instance that waits.</summary>
    [JsonIgnore]
    public string? Label { get; init; }

    /// <summary>The assembly of the instance that waits.</summary>
    [JsonIgnore]
    public string Assembly { get; init; } = "";

    /// <summary>The service that waits.</summary>
    [JsonIgnore]
    public string Service { get; init; } = "";

    /// <summary>The parameter's name.</summary>
    [JsonPropertyName("name")]
    public required string Parameter { get; init; }

    /// <summary>
    /// <c>not-given-yet</c>, <c>provider-unknown</c>, <c>not-declared</c>, <c>waits-for-itself</c> or <c>group-too-small</c>. With
    /// <c>not-declared</c> and <c>waits-for-itself</c>, the value will never arrive.
    /// </summary>
    [JsonConverter(typeof(StatusConverters.WaitReasonConverter))]
    public required WaitReason Reason { get; init; }

    /// <summary>The cause of the wait, as a sentence that does not name the waiting parameter.</summary>
    public required string Detail { get; init; }

    /// <summary>The time since when the value has been missing.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>
    /// <c>parameter</c> if the parameter waits for a value of the provider. <c>service</c> if it waits for the end of a service of the
    /// provider.
    /// </summary>
    [JsonConverter(typeof(StatusConverters.ReferenceKindConverter))]
    public required ReferenceKind Kind { get; init; }

    /// <summary>The name of the provider's parameter or service.</summary>
    [JsonPropertyName("of")]
    public required string Name { get; init; }

    /// <summary>The instance that should give the value. Null if the group is too small.</summary>
    [JsonIgnore]
    public ProviderStatus? Provider { get; init; }

    /// <summary>
    /// The instance that should give the value. If the group is too small, there is no such instance: <c>instance</c> is then <c>none</c>,
    /// and <c>assembly</c> is the group. Readers of earlier versions require a provider.
    /// </summary>
    [JsonPropertyName("provider"), JsonInclude, JsonRequired]
    internal ProviderStatus WrittenProvider
    {
        get => Provider ?? new() { Id = NoInstance, Assembly = Group?.Name };
        init => Provider = value.Id == NoInstance ? null : value;
    }

    /// <summary>
    /// The group, if the parameter refers to a group. Each member that has not given its value has its own entry in the list of missing
    /// values. If the group has fewer members than values are needed, one more entry says so.
    /// </summary>
    public MissingValueGroup? Group { get; init; }

    /// <summary>
    /// Whether another member of the group could give a value instead. This is true if more members are missing than values are needed.
    /// </summary>
    [JsonIgnore]
    public bool HasAlternatives { get; init; }

    /// <summary>
    /// Gets whether the value will never arrive, because the provider does not declare it or the service waits for its own end.
    /// </summary>
    [JsonIgnore]
    public bool IsHopeless => !HasAlternatives && (Reason is WaitReason.NotDeclared or WaitReason.WaitsForItself);

    /// <summary>Returns the sentence, with times in UTC.</summary>
    public override string ToString() => MissingValueText.Sentence(this);

    /// <summary>Returns this missing value, which was read from JSON, with the data that the JSON does not repeat.</summary>
    internal MissingValue Of(InstanceStatus instance, ServiceStatus service) => this with
    {
        Instance = instance.Id,
        Label = instance.Label,
        Assembly = instance.Assembly,
        Service = service.Name,
        HasAlternatives = Group is { } group && group.Size > group.Needed,
        Provider = Provider is null ? null : Provider with { IsRegistered = Provider.Assembly is not null },
    };

    internal static IEnumerable<MissingValue> OldestFirst(IEnumerable<ServiceStatus> services) =>
        services.SelectMany(service => service.Waits).OrderBy(missing => missing.Since);

    internal static MissingValue From(
        InstanceReport instance,
        ServiceReport service,
        UnresolvedParameter missing,
        IReadOnlyDictionary<InstanceId, InstanceReport> providers)
    {
        var reference = missing.Reference;
        var known = missing.Provider is { } id ? providers.GetValueOrDefault(id) : null;
        var provider = missing.Provider is null
            ? null
            : ProviderStatus.From(reference.Provider, known?.Deployable == instance.Deployable ? known : null);
        var count = missing.Count;
        var group = missing.Group is { } name && count is not null ? new MissingValueGroup(name, count.Given, count.Needed, count.Size)
            : null;
        return new()
        {
            Instance = instance.Id,
            Label = instance.Label ?? instance.Id.Value,
            Assembly = instance.Name,
            Service = service.Name,
            Parameter = missing.Name,
            Reason = missing.Reason,
            Detail = MissingValueText.Detail(missing.Reason, reference.Kind, reference.Name, provider, group),
            Since = missing.Since,
            Kind = reference.Kind,
            Name = reference.Name,
            Provider = provider,
            Group = group,
            HasAlternatives = missing.HasAlternatives,
        };
    }
}

/// <summary>The group that a parameter refers to.</summary>
/// <param name="Name">The group's assembly.</param>
/// <param name="Given">The number of the group's instances that have given their value.</param>
/// <param name="Needed">The number of values that are needed.</param>
/// <param name="Size">The number of instances in the group.</param>
public sealed record MissingValueGroup(string Name, int Given, int Needed, int Size);

/// <summary>The known data about an instance that another instance waits for.</summary>
public sealed record ProviderStatus
{
    /// <summary>The UUID of the instance.</summary>
    [JsonPropertyName("instance"), JsonConverter(typeof(StatusConverters.InstanceIdConverter))]
    public required InstanceId Id { get; init; }

    /// <summary>
    /// Whether the instance is registered in the deployable. If the instance is not registered, all other members are null.
    /// </summary>
    [JsonIgnore]
    public bool IsRegistered { get; init; }

    /// <summary>The label of the instance. Omitted while it is not known.</summary>
    public string? Label { get; init; }

    /// <summary>The name of the instance's assembly. Omitted while the name is not known.</summary>
    public string? Assembly { get; init; }

    /// <summary>The status of the instance.</summary>
    [JsonIgnore]
    public CompletionStatus? Status { get; init; }

    /// <summary>The time of the first contact with the guest. Omitted if there was no contact, or if the time is not known.</summary>
    public DateTimeOffset? FirstContact { get; init; }

    /// <summary>The time of the last contact with the guest. Omitted if there was no contact, or if the time is not known.</summary>
    public DateTimeOffset? LastContact { get; init; }

    /// <summary>The guest's address as the server saw it.</summary>
    [JsonIgnore]
    public string? Address { get; init; }

    /// <summary>
    /// The services of the instance that have failed. They may be the reason why the value is missing. Omitted if no service has failed.
    /// </summary>
    public IReadOnlyList<ServiceFailure>? Failed { get; init; }

    internal static ProviderStatus From(InstanceStatus instance)
    {
        ServiceFailure[] failed = [.. instance.Services
            .Where(service => service.Status == CompletionStatus.Error)
            .Select(service => new ServiceFailure(instance.Id.Value, service.Name, service.ExitStatus ?? ""))];
        return new()
        {
            Id = instance.Id,
            IsRegistered = true,
            Label = instance.Label,
            Assembly = instance.Assembly,
            Status = instance.Status,
            FirstContact = instance.FirstContact,
            LastContact = instance.LastContact,
            Address = instance.Address,
            Failed = failed.Length == 0 ? null : failed,
        };
    }

    internal static ProviderStatus From(InstanceId id, InstanceReport? report)
    {
        if (report is null) return new() { Id = id };
        ServiceFailure[] failed = [.. report.Services
            .Where(service => service.Status == CompletionStatus.Error)
            .Select(service => new ServiceFailure(id.Value, service.Name, service.ExitStatus ?? ""))];
        return new()
        {
            Id = id,
            IsRegistered = true,
            Label = report.Label ?? report.Id.Value,
            Assembly = report.Name,
            Status = CompletionRules.StatusOf(report.Obstacles),
            FirstContact = report.FirstContact,
            LastContact = report.LastContact,
            Address = report.Address,
            Failed = failed.Length == 0 ? null : failed,
        };
    }
}

/// <summary>A service that ended with an exit status other than 0.</summary>
/// <param name="Instance">The UUID of the service's instance.</param>
/// <param name="Service">The name of the service.</param>
/// <param name="ExitStatus">The exit status as the service's guest reported it.</param>
public sealed record ServiceFailure(string Instance, string Service, string ExitStatus);
