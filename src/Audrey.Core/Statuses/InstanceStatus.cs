using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Audrey.Core.Completion;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Core.Statuses;

/// <summary>The status of one instance. Times are by the cluster's clock.</summary>
public sealed record InstanceStatus : IJsonOnDeserialized
{
    private readonly string? _label;
    private ImmutableArray<ServiceStatus> _services;

    /// <summary>The instance's UUID.</summary>
    [JsonConverter(typeof(StatusConverters.InstanceIdConverter))]
    public required InstanceId Id { get; init; }

    /// <summary>
    /// The name of the instance in its deployable: the assembly and the ordinal of a member of a group, such as <c>web-1</c>, or the
    /// assembly of another instance. It is the UUID if the instance was registered individually and is not a member of a group, and in
    /// answers of servers that did not know labels. A replacement keeps the label.
    /// </summary>
    public string Label
    {
        get => _label ?? Id.Value;
        init => _label = value;
    }

    /// <summary>The assembly that the instance was launched from.</summary>
    public required string Assembly { get; init; }

    /// <summary>The deployable that the instance belongs to.</summary>
    [JsonConverter(typeof(StatusConverters.DeployableIdConverter))]
    public required DeployableId Deployable { get; init; }

    /// <summary>The generation, which counts the registrations of the instance, from 1.</summary>
    public required long Generation { get; init; }

    /// <summary>
    /// <c>error</c> if a service failed, <c>success</c> if there is no obstacle, else <c>incomplete</c>. So an instance is complete when
    /// its guest was heard from, gave all values, and every service ended with exit status 0, and if the guest stays, it has applied the
    /// newest configuration.
    /// </summary>
    [JsonConverter(typeof(StatusConverters.CompletionStatusConverter))]
    public CompletionStatus Status => CompletionRules.StatusOf(FindObstacles());

    /// <summary>
    /// The obstacles that keep the instance from being complete. Kinds are <c>never-heard-from</c>, <c>value-not-given</c>,
    /// <c>service-not-ended</c>, <c>service-failed</c> and <c>out-of-date</c>; the name is that of the provided parameter or of the
    /// service. More kinds may be added. Empty if and only if the status is <c>success</c>.
    /// </summary>
    public ImmutableArray<Obstacle> Obstacles => [.. FindObstacles()];

    /// <summary>The time at which the instance was registered.</summary>
    public required DateTimeOffset Registered { get; init; }

    /// <summary>The time of the first contact with the guest. Omitted if there was no contact.</summary>
    public DateTimeOffset? FirstContact { get; init; }

    /// <summary>The time of the last contact with the guest. Omitted if there was no contact.</summary>
    public DateTimeOffset? LastContact { get; init; }

    /// <summary>The time at which the instance became complete. Omitted while the instance is not complete.</summary>
    public DateTimeOffset? Completed { get; init; }

    /// <summary>
    /// The time by which the instance should be complete, as the operation says that began its generation: the launch, a scaling or a
    /// replacement. Omitted if that operation has no deadline.
    /// </summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>
    /// The time at which a scaling removes the instance. Until then, its guest can hand over its work. Omitted if the instance does not
    /// leave, or if its guest was not told.
    /// </summary>
    public DateTimeOffset? LeaveBy { get; init; }

    /// <summary>The guest's address as the server saw it.</summary>
    public string? Address { get; init; }

    /// <summary>The configuration revision that the guest applied last.</summary>
    public string? AppliedRevision { get; init; }

    /// <summary>The time at which the guest reported the applied revision.</summary>
    public DateTimeOffset? Applied { get; init; }

    /// <summary>Whether the guest stays when all services have ended, and applies later changes of its configuration.</summary>
    public bool Stays { get; init; }

    /// <summary>
    /// The time since when the newest configuration is complete that the guest has not applied. Omitted if the guest has applied the newest
    /// one.
    /// </summary>
    public DateTimeOffset? OutOfDateSince { get; init; }

    /// <summary>
    /// The time since when a newer configuration is complete than the one that the guest received, if the guest does not say what it has
    /// applied, as in versions 0 to 2. The guest may be out of date.
    /// </summary>
    public DateTimeOffset? MaybeOutOfDateSince { get; init; }

    /// <summary>
    /// The time of the last heartbeat of an agent on the machine, if the agents have sent heartbeats and then none for three intervals.
    /// Omitted if the instance is not silent. After a restart of its server, the silence is known after three intervals.
    /// </summary>
    public DateTimeOffset? SilentSince { get; init; }

    /// <summary>
    /// The requests that named this instance and had a wrong secret, since its last registration or replacement. Omitted if there were
    /// none.
    /// </summary>
    public WrongSecretCount? WrongSecrets { get; init; }

    /// <summary>
    /// The findings that the registration was forgiven, with line and column in its document. Omitted if nothing was forgiven, as in every
    /// registration of version 3.
    /// </summary>
    public IReadOnlyList<string>? Forgiven { get; init; }

    /// <summary>The facts that the guest reported about itself.</summary>
    public required IReadOnlyDictionary<string, string> Facts { get; init; }

    /// <summary>The provided parameters for which the guest has not given a value yet.</summary>
    [JsonPropertyName("missing")]
    public required ImmutableArray<string> NotYetProvided { get; init; }

    /// <summary>The provided parameters for which the guest has given a value.</summary>
    public ImmutableArray<string> Given { get; init; } = [];

    /// <summary>The services of the instance.</summary>
    public required ImmutableArray<ServiceStatus> Services
    {
        get => _services;
        init => _services = value;
    }

    /// <summary>Gets the missing values of all services, the longest wait first.</summary>
    [JsonIgnore]
    public ImmutableArray<MissingValue> Waits => [.. MissingValue.OldestFirst(Services)];

    /// <summary>Restores the data that the JSON does not repeat in each missing value.</summary>
    void IJsonOnDeserialized.OnDeserialized() => _services =
        [.. _services.Select(service => service with { Waits = [.. service.Waits.Select(wait => wait.Of(this, service))] })];

    /// <summary>Returns the status with the data of the providers that are among these instances.</summary>
    internal InstanceStatus WithProviders(IReadOnlyDictionary<InstanceId, InstanceStatus> instances) => this with
    {
        Services =
        [
            .. _services.Select(service => service.Waits.IsEmpty ? service : service with
            {
                Waits = [.. service.Waits.Select(wait => wait.Provider is { Id: var id } && instances.TryGetValue(id, out var provider)
                    ? wait with { Provider = ProviderStatus.From(provider) }
                    : wait)],
            }),
        ],
    };

    private IEnumerable<Obstacle> FindObstacles() => CompletionRules.ObstaclesOf(
        LastContact is not null, NotYetProvided, _services.Select(service => (service.Name, service.Status)),
        isOutOfDate: Stays && OutOfDateSince is not null);

    internal static InstanceStatus From(
        InstanceReport report, IReadOnlyDictionary<InstanceId, InstanceReport> providers, DeployableHeader? deployable)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(providers);
        return new()
        {
            Id = report.Id,
            Label = report.Label ?? report.Id.Value,
            Assembly = report.Name,
            Deployable = report.Deployable,
            Generation = report.Generation,
            Registered = report.Registered,
            FirstContact = report.FirstContact,
            LastContact = report.LastContact,
            Completed = CompletedAt(report),
            Deadline = deployable?.DeadlineOf(report) ?? report.Deadline,
            LeaveBy = report.LeaveBy,
            Address = report.Address,
            AppliedRevision = report.Progress.Applied,
            Applied = report.Progress.AppliedAt,
            Stays = report.Stays,
            OutOfDateSince = report.OutOfDateSince,
            MaybeOutOfDateSince = report.MaybeOutOfDateSince,
            SilentSince = report.SilentSince,
            WrongSecrets = report.WrongSecrets,
            Forgiven = report.Forgiven.IsEmpty ? null : [.. report.Forgiven.Select(finding => finding.ToString())],
            Facts = report.Progress.Facts.DistinctBy(fact => fact.Name).ToDictionary(fact => fact.Name, fact => fact.Value),
            NotYetProvided = report.PendingProvided,
            Given = report.Given,
            Services = [.. report.Services.Select(service => ServiceStatus.From(report, service, providers))],
        };
    }

    /// <summary>Returns the time at which an instance became complete. A failed service that was run again may have ended later.</summary>
    private static DateTimeOffset? CompletedAt(InstanceReport report) => report.Obstacles.Any()
        ? null
        : report.Services.Select(service => service.Ended).Append(report.Settled ?? report.FirstContact).Max();
}
