using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Audrey.Core.Completion;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Core.Statuses;

/// <summary>The status of a deployable and of all its instances.</summary>
public sealed record DeployableStatus
{
    /// <summary>The deployable's id.</summary>
    [JsonConverter(typeof(StatusConverters.DeployableIdConverter))]
    public required DeployableId Id { get; init; }

    /// <summary>The deployable's name.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// <c>incomplete</c>, <c>success</c> or <c>error</c>: the worst status of the instances. The status is <c>incomplete</c> while the
    /// deployable has no instance or is being launched.
    /// </summary>
    [JsonConverter(typeof(StatusConverters.CompletionStatusConverter))]
    public required CompletionStatus Status { get; init; }

    /// <summary>The time at which the deployable's first instance was registered.</summary>
    public required DateTimeOffset Registered { get; init; }

    /// <summary>The time at which the last of all services ended. Omitted until every service has ended.</summary>
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

    /// <summary>The deadline of the deployable. Omitted if the deployable has no deadline.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Whether the deadline has passed while an instance is incomplete.</summary>
    [JsonPropertyName("timedOut")]
    public required bool IsTimedOut { get; init; }

    /// <summary>
    /// The causes that keep the deployable from completing, one sentence for each. The causes are unfinished operations, guests that were
    /// never heard from, services that failed or hang, and missing values.
    /// </summary>
    [JsonPropertyName("causes")]
    public required ImmutableArray<string> Diagnosis { get; init; }

    /// <summary>
    /// The cycles of services that wait for each other to end and therefore never start. A cycle has the form <c>web[http] -> db[mysql] ->
    /// web[http]</c>.
    /// </summary>
    public required ImmutableArray<string> Deadlocks { get; init; }

    /// <summary>The instances of the deployable.</summary>
    public required ImmutableArray<InstanceStatus> Instances { get; init; }

    /// <summary>
    /// Gets the worst status of the instances, whether or not the launch is finished. The status is incomplete if there are no instances.
    /// </summary>
    [JsonIgnore]
    public CompletionStatus WorstOfInstances => WorstOf(Instances);

    /// <summary>Gets the number of instances whose services have all ended with success.</summary>
    [JsonIgnore]
    public int Succeeded => Instances.Count(instance => instance.Status == CompletionStatus.Success);

    /// <summary>Gets the missing values of all instances, the longest wait first.</summary>
    [JsonIgnore]
    public ImmutableArray<MissingValue> Waits => [.. MissingValue.OldestFirst(Instances.SelectMany(instance => instance.Services))];

    internal static DeployableStatus From(DeployableHeader header, IEnumerable<InstanceReport> reports)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(reports);
        var all = reports.DistinctBy(report => report.Id).ToArray();
        var providers = all.ToDictionary(report => report.Id);
        return From(DeployableSummary.From(header), all.Select(report => InstanceStatus.From(report, providers)));
    }

    internal static DeployableStatus From(DeployableSummary summary, IEnumerable<InstanceStatus> all)
    {
        ArgumentNullException.ThrowIfNull(summary);
        ArgumentNullException.ThrowIfNull(all);
        ImmutableArray<InstanceStatus> instances = [.. all.DistinctBy(instance => instance.Id)];
        var worst = WorstOf(instances);
        var isLaunching = summary.Launch is { Sealed: null };
        var isUnfinished = isLaunching || instances.Any(instance => instance.Status == CompletionStatus.Incomplete);
        return new()
        {
            Id = summary.Id,
            Name = summary.Name,
            Status = isLaunching && worst == CompletionStatus.Success ? CompletionStatus.Incomplete : worst,
            Registered = summary.Registered,
            Completed = instances.All(instance => instance.Completed is not null) ? instances.Max(instance => instance.Completed) : null,
            AsOf = summary.AsOf,
            Expected = summary.Launch?.Instances,
            IsLaunching = isLaunching,
            IsBeingDeleted = summary.IsBeingDeleted,
            Scaling = summary.Scaling,
            Deadline = summary.Launch?.Deadline,
            IsTimedOut = isUnfinished && summary.Launch?.Deadline <= summary.AsOf,
            Diagnosis = [.. Statuses.Diagnosis.Of(summary, instances)],
            Deadlocks = [.. Statuses.Deadlocks.Of(instances)],
            Instances = instances,
        };
    }

    private static CompletionStatus WorstOf(ImmutableArray<InstanceStatus> instances) =>
        instances.IsEmpty ? CompletionStatus.Incomplete : CompletionRules.Worst(instances.Select(instance => instance.Status));
}
