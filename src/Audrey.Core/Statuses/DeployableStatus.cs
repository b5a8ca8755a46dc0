using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Audrey.Core.Completion;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Core.Statuses;

/// <summary>The status of a deployable and of all its instances.</summary>
public sealed record DeployableStatus
{
    private readonly InstanceCounts? _counts;

    /// <summary>The deployable's id.</summary>
    [JsonConverter(typeof(StatusConverters.DeployableIdConverter))]
    public required DeployableId Id { get; init; }

    /// <summary>The deployable's name.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// <c>error</c> if a service failed, <c>success</c> if the deployable is complete, else <c>incomplete</c>. A deployable is complete
    /// when all its instances are complete, and its registration and its scalings are finished. Unless the status is <c>success</c>,
    /// <c>causes</c> has the reasons.
    /// </summary>
    [JsonConverter(typeof(StatusConverters.CompletionStatusConverter))]
    public required CompletionStatus Status { get; init; }

    /// <summary>The time at which the deployable's first instance was registered.</summary>
    public required DateTimeOffset Registered { get; init; }

    /// <summary>The time at which the last instance became complete. Omitted while the deployable is not complete.</summary>
    public DateTimeOffset? Completed { get; init; }

    /// <summary>The time of this status, by the cluster's clock.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>The number of instances that the launch registers. Omitted if the instances were registered individually.</summary>
    public int? Expected { get; init; }

    /// <summary>
    /// Whether the registration of the deployable has begun and is not finished. Sending the same registration again continues it.
    /// </summary>
    [JsonPropertyName("beingRegistered")]
    public required bool IsLaunching { get; init; }

    /// <summary>Whether the deletion of the deployable has begun.</summary>
    [JsonPropertyName("beingDeleted")]
    public required bool IsBeingDeleted { get; init; }

    /// <summary>The scaling that has begun and is not finished. Sending the same request again continues the scaling.</summary>
    public ScaleProgress? Scaling { get; init; }

    /// <summary>
    /// The next deadline: the earliest of the launch, the scalings and the replacements that something is unfinished of. If nothing is
    /// unfinished, the deadline of the launch. Omitted if there is none.
    /// </summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Whether a deadline has passed, and something is unfinished of its launch, scaling or replacement.</summary>
    [JsonPropertyName("timedOut")]
    public required bool IsTimedOut { get; init; }

    /// <summary>
    /// The causes that keep the deployable from completing, one sentence for each. The causes are unfinished operations, guests that were
    /// never heard from, services that failed or hang, and missing values. Empty if and only if the status is <c>success</c>.
    /// </summary>
    [JsonPropertyName("causes")]
    public required ImmutableArray<string> Diagnosis { get; init; }

    /// <summary>
    /// A sentence for each instance whose guest has not applied the newest configuration, or is not known to have applied it. If the guest
    /// stays, the sentence is in <c>causes</c> as well. Otherwise the deployable can be complete nevertheless.
    /// </summary>
    public ImmutableArray<string> OutOfDate { get; init; } = [];

    /// <summary>
    /// A sentence for each instance that is silent: the agents on its machine have sent heartbeats, and then none for three intervals. The
    /// deployable can be complete nevertheless.
    /// </summary>
    public ImmutableArray<string> Silent { get; init; } = [];

    /// <summary>
    /// The cycles of services that wait for each other to end and therefore never start. A cycle has the form <c>web[http] -> db[mysql] ->
    /// web[http]</c>.
    /// </summary>
    public required ImmutableArray<string> Deadlocks { get; init; }

    /// <summary>The instances of the deployable.</summary>
    public required ImmutableArray<InstanceStatus> Instances { get; init; }

    /// <summary>Gets the numbers of instances by state. They also count instances that an overview leaves out.</summary>
    [JsonIgnore]
    public InstanceCounts Counts
    {
        get => _counts ?? InstanceCounts.Of(Instances);
        init => _counts = value;
    }

    /// <summary>
    /// Gets whether the status is an overview: <see cref="Instances"/> has only some of the instances, and the causes and cycles of
    /// services are left out.
    /// </summary>
    [JsonIgnore]
    public bool IsOverview => _counts is not null;

    /// <summary>Gets the number of instances whose guests have not applied the newest configuration.</summary>
    [JsonIgnore]
    public int OutOfDateCount => Counts.OutOfDate;

    /// <summary>Gets the number of instances that are complete.</summary>
    [JsonIgnore]
    public int Succeeded => Counts.Complete;

    /// <summary>Gets the missing values of all instances, the longest wait first.</summary>
    [JsonIgnore]
    public ImmutableArray<MissingValue> Waits => [.. MissingValue.OldestFirst(Instances.SelectMany(instance => instance.Services))];

    internal static DeployableStatus From(DeployableHeader header, IEnumerable<InstanceReport> reports)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(reports);
        var all = reports.DistinctBy(report => report.Id).ToArray();
        var providers = all.ToDictionary(report => report.Id);
        return From(DeployableSummary.From(header), all.Select(report => InstanceStatus.From(report, providers, header)));
    }

    internal static DeployableStatus From(DeployableSummary summary, IEnumerable<InstanceStatus> statuses)
    {
        ArgumentNullException.ThrowIfNull(summary);
        ArgumentNullException.ThrowIfNull(statuses);
        ImmutableArray<InstanceStatus> instances = [.. statuses.DistinctBy(instance => instance.Id)];
        Obstacle[] own = [.. summary.ObstaclesWith(instances.Length)];
        Obstacle[] all = [.. own, .. instances.SelectMany(instance => instance.Obstacles)];
        var status = CompletionRules.StatusOf(all);
        var next = DeadlinesOf(summary, instances).Min();
        return new()
        {
            Id = summary.Id,
            Name = summary.Name,
            Status = status,
            Registered = summary.Registered,
            Completed = status == CompletionStatus.Success ? instances.Max(instance => instance.Completed) : null,
            AsOf = summary.AsOf,
            Expected = summary.Launch?.Instances,
            IsLaunching = summary.Launch is { Sealed: null },
            IsBeingDeleted = summary.IsBeingDeleted,
            Scaling = summary.Scaling,
            Deadline = next ?? summary.Launch?.Deadline,
            IsTimedOut = next <= summary.AsOf,
            Diagnosis = [.. Statuses.Diagnosis.Of(summary, own, instances)],
            OutOfDate = [.. Statuses.Diagnosis.OutOfDate(instances)],
            Silent = [.. Statuses.Diagnosis.Silent(instances)],
            Deadlocks = [.. Statuses.Deadlocks.Of(instances)],
            Instances = instances,
        };
    }

    internal static DeployableStatus From(DeployableSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        var counts = summary.Counts ?? InstanceCounts.None;
        Obstacle[] own = [.. summary.ObstaclesWith(counts.Instances)];
        return new()
        {
            Id = summary.Id,
            Name = summary.Name,
            Status = summary.Status ?? CompletionStatus.Incomplete,
            Registered = summary.Registered,
            AsOf = summary.AsOf,
            Expected = summary.Launch?.Instances,
            IsLaunching = summary.Launch is { Sealed: null },
            IsBeingDeleted = summary.IsBeingDeleted,
            Scaling = summary.Scaling,
            Deadline = summary.Deadline,
            IsTimedOut = summary.IsTimedOut,
            Diagnosis = [.. own.Select(obstacle => Statuses.Diagnosis.Unfinished(obstacle, summary, counts.Instances))],
            Deadlocks = [],
            Instances = summary.Important,
            Counts = counts,
        };
    }

    /// <summary>
    /// Returns the deadlines that something is unfinished of. A deadline belongs to one operation, and counts for the instances whose
    /// generation the operation began. So the deadline of a launch does not count for instances that come later.
    /// </summary>
    private static IEnumerable<DateTimeOffset?> DeadlinesOf(DeployableSummary summary, ImmutableArray<InstanceStatus> instances) =>
    [
        summary.Launch is { Sealed: null } launch ? launch.Deadline : null,
        summary.Scaling?.Deadline,
        .. from instance in instances
           where instance.Deadline is not null && instance.Obstacles.Any(obstacle => obstacle.IsOfDeadline)
           select instance.Deadline,
    ];
}
