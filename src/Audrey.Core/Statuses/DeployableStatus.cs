using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Core.Statuses;

/// <summary>The status of a deployable and of all its instances.</summary>
public sealed record DeployableStatus
{
    /// <summary>The deployable's id.</summary>
    [JsonConverter(typeof(StatusConverters.DeployableIdConverter))]
    public required DeployableId Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// <c>incomplete</c>, <c>success</c> or <c>error</c>: the worst of its instances. It is <c>incomplete</c> while the deployable has no
    /// instance or is being launched.
    /// </summary>
    [JsonConverter(typeof(StatusConverters.CompletionStatusConverter))]
    public required CompletionStatus Status { get; init; }

    /// <summary>When its first instance was registered.</summary>
    public required DateTimeOffset Registered { get; init; }

    /// <summary>When the last service of all ended; left out until every service has ended.</summary>
    public DateTimeOffset? Completed { get; init; }

    /// <summary>The time of this status, by the cluster's clock.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>How many instances its launch registers; left out if they were registered one by one.</summary>
    public int? Expected { get; init; }

    /// <summary>Whether its registration has begun and is not finished. The same registration again continues it.</summary>
    [JsonPropertyName("beingRegistered")]
    public required bool IsLaunching { get; init; }

    /// <summary>Whether its deletion has begun.</summary>
    [JsonPropertyName("beingDeleted")]
    public required bool IsBeingDeleted { get; init; }

    /// <summary>The scaling that has begun and is not finished. The same scaling again continues it.</summary>
    public ScaleProgress? Scaling { get; init; }

    /// <summary>When it should be complete; left out if it has no deadline.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Whether the deadline has passed while an instance is incomplete.</summary>
    [JsonPropertyName("timedOut")]
    public required bool IsTimedOut { get; init; }

    /// <summary>
    /// What keeps it from completing, one sentence for each cause: what is not finished, guests that were never heard of, services that
    /// failed or hang, and missing values.
    /// </summary>
    [JsonPropertyName("causes")]
    public required ImmutableArray<string> Diagnosis { get; init; }

    /// <summary>
    /// Services that wait for one another's end and therefore never start, each cycle as <c>web[http] -> db[mysql] -> web[http]</c>.
    /// </summary>
    public required ImmutableArray<string> Deadlocks { get; init; }

    /// <summary>Its instances.</summary>
    public required ImmutableArray<InstanceStatus> Instances { get; init; }

    /// <summary>Gets the worst status of its instances, whether or not its launch is finished; incomplete if it has none.</summary>
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
        ImmutableArray<InstanceStatus> instances = [.. all.Select(report => InstanceStatus.From(report, providers))];
        var worst = WorstOf(instances);
        var isLaunching = header.Launch is { Sealed: null };
        var isUnfinished = isLaunching || instances.Any(instance => instance.Status == CompletionStatus.Incomplete);
        return new()
        {
            Id = header.Id,
            Name = header.Name,
            Status = isLaunching && worst == CompletionStatus.Success ? CompletionStatus.Incomplete : worst,
            Registered = header.Registered,
            Completed = instances.All(instance => instance.Completed is not null) ? instances.Max(instance => instance.Completed) : null,
            AsOf = header.AsOf,
            Expected = header.Launch?.Instances,
            IsLaunching = isLaunching,
            IsBeingDeleted = header.Deleting,
            Scaling = header.Scaling,
            Deadline = header.Launch?.Deadline,
            IsTimedOut = isUnfinished && header.Launch?.Deadline <= header.AsOf,
            Diagnosis = [.. Statuses.Diagnosis.Of(header, instances)],
            Deadlocks = [.. Statuses.Deadlocks.Of(instances)],
            Instances = instances,
        };
    }

    private static CompletionStatus WorstOf(ImmutableArray<InstanceStatus> instances) =>
        instances.IsEmpty ? CompletionStatus.Incomplete : Provisioning.Worst(instances.Select(instance => instance.Status));
}
