using System.Text.Json.Serialization;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Core.Statuses;

/// <summary>
/// A required parameter without a value: what it waits for, from whom and since when. <see cref="ToString"/> returns all of it as a
/// sentence.
/// </summary>
public sealed record MissingValue
{
    /// <summary>The instance that waits.</summary>
    [JsonIgnore]
    public InstanceId Instance { get; init; }

    /// <summary>The assembly of that instance.</summary>
    [JsonIgnore]
    public string Assembly { get; init; } = "";

    /// <summary>The service that waits.</summary>
    [JsonIgnore]
    public string Service { get; init; } = "";

    /// <summary>The parameter's name.</summary>
    [JsonPropertyName("name")]
    public required string Parameter { get; init; }

    /// <summary>
    /// <c>not-given-yet</c>, <c>provider-unknown</c>, <c>not-declared</c> or <c>waits-for-itself</c>. With the last two, no value will ever
    /// come.
    /// </summary>
    [JsonConverter(typeof(StatusConverters.WaitReasonConverter))]
    public required WaitReason Reason { get; init; }

    /// <summary>What it waits for, as a sentence without the parameter that waits.</summary>
    public required string Detail { get; init; }

    /// <summary>Since when the value is missing.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary><c>parameter</c>: a value that the provider gives. <c>service</c>: the end of one of its services.</summary>
    [JsonConverter(typeof(StatusConverters.ReferenceKindConverter))]
    public required ReferenceKind Kind { get; init; }

    /// <summary>The name of that parameter or service.</summary>
    [JsonPropertyName("of")]
    public required string Name { get; init; }

    /// <summary>The instance that should give the value.</summary>
    public required ProviderStatus Provider { get; init; }

    /// <summary>
    /// The group, if the parameter refers to a group. Each member that has not given its value is a missing value of its own.
    /// </summary>
    public MissingValueGroup? Group { get; init; }

    /// <summary>Whether another member of the group could give a value instead: more members are missing than values are needed.</summary>
    [JsonIgnore]
    public bool HasAlternatives { get; init; }

    /// <summary>Gets whether no value will ever come: the provider does not declare it, or the service waits for its own end.</summary>
    [JsonIgnore]
    public bool IsHopeless => !HasAlternatives && (Reason is WaitReason.NotDeclared or WaitReason.WaitsForItself);

    /// <summary>Returns the sentence, with times in UTC.</summary>
    public override string ToString() => MissingValueText.Sentence(this);

    internal static IEnumerable<MissingValue> OldestFirst(IEnumerable<ServiceStatus> services) =>
        services.SelectMany(service => service.Waits).OrderBy(missing => missing.Since);

    internal static MissingValue From(
        InstanceReport instance,
        ServiceReport service,
        UnresolvedParameter missing,
        IReadOnlyDictionary<InstanceId, InstanceReport> providers)
    {
        var reference = missing.Reference;
        var known = providers.GetValueOrDefault(reference.Provider);
        var provider = ProviderStatus.From(reference.Provider, known?.Deployable == instance.Deployable ? known : null);
        var count = missing.Count;
        var group = missing.Group is { } name && count is not null ? new MissingValueGroup(name, count.Given, count.Needed, count.Size) : null;
        return new()
        {
            Instance = instance.Id,
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
/// <param name="Given">How many of its instances have given their value.</param>
/// <param name="Needed">How many values are needed.</param>
/// <param name="Size">How many instances it has.</param>
public sealed record MissingValueGroup(string Name, int Given, int Needed, int Size);

/// <summary>What is known of an instance that another one waits for.</summary>
public sealed record ProviderStatus
{
    /// <summary>UUID of the instance.</summary>
    [JsonPropertyName("instance"), JsonConverter(typeof(StatusConverters.InstanceIdConverter))]
    public required InstanceId Id { get; init; }

    /// <summary>Whether it is registered in the deployable. If it is not, all other members are null.</summary>
    [JsonIgnore]
    public bool IsRegistered { get; init; }

    /// <summary>Its assembly's name; left out while that is not known.</summary>
    public string? Assembly { get; init; }

    /// <summary>Its status.</summary>
    [JsonIgnore]
    public CompletionStatus? Status { get; init; }

    /// <summary>When its guest was first heard of; left out if never, or if that is not known.</summary>
    public DateTimeOffset? FirstContact { get; init; }

    /// <summary>When its guest was last heard of; left out if never, or if that is not known.</summary>
    public DateTimeOffset? LastContact { get; init; }

    /// <summary>Its guest's address as the server saw it.</summary>
    [JsonIgnore]
    public string? Address { get; init; }

    /// <summary>Its services that have failed, which may be why the value does not come; left out if there are none.</summary>
    public IReadOnlyList<ServiceFailure>? Failed { get; init; }

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
            Assembly = report.Name,
            Status = report.Status,
            FirstContact = report.FirstContact,
            LastContact = report.LastContact,
            Address = report.Address,
            Failed = failed.Length == 0 ? null : failed,
        };
    }
}

/// <summary>A service that ended with an exit status other than 0.</summary>
/// <param name="Instance">UUID of its instance.</param>
/// <param name="Service">Its name.</param>
/// <param name="ExitStatus">The exit status as its guest gave it.</param>
public sealed record ServiceFailure(string Instance, string Service, string ExitStatus);
