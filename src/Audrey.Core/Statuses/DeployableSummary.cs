using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Audrey.Core.Completion;
using Audrey.Core.Ids;

namespace Audrey.Core.Statuses;

/// <summary>
/// The data of a deployable without its instances: the counts of its instances and those that matter most. It has the same size for every
/// deployable. The counts include a change of an instance within about a second.
/// </summary>
public sealed record DeployableSummary
{
    /// <summary>The deployable's id.</summary>
    [JsonConverter(typeof(StatusConverters.DeployableIdConverter))]
    public required DeployableId Id { get; init; }

    /// <summary>The deployable's name.</summary>
    public required string Name { get; init; }

    /// <summary>The time at which the deployable's first instance was registered.</summary>
    public required DateTimeOffset Registered { get; init; }

    /// <summary>The time of this summary, by the cluster's clock.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>The incarnation, which counts how often a deployable with this id was created.</summary>
    public required long Incarnation { get; init; }

    /// <summary>The launch that created the deployable. Omitted if the instances were registered individually.</summary>
    public LaunchProgress? Launch { get; init; }

    /// <summary>The scaling that has begun and is not finished. Omitted if there is none.</summary>
    public ScaleProgress? Scaling { get; init; }

    /// <summary>Whether the deletion of the deployable has begun.</summary>
    [JsonPropertyName("beingDeleted")]
    public required bool IsBeingDeleted { get; init; }

    /// <summary>
    /// <c>error</c> if a service failed, <c>success</c> if the deployable is complete, else <c>incomplete</c>. Omitted while the deployable
    /// is being deleted.
    /// </summary>
    [JsonConverter(typeof(StatusConverters.CompletionStatusConverter))]
    public CompletionStatus? Status { get; init; }

    /// <summary>The numbers of instances by state. Omitted while the deployable is being deleted.</summary>
    public InstanceCounts? Counts { get; init; }

    /// <summary>
    /// The numbers of instances by state for each assembly, in alphabetical order. At most <see cref="CountedInstances.MaxAssemblies"/>.
    /// </summary>
    public ImmutableArray<AssemblyCounts> Assemblies { get; init; } = [];

    /// <summary>The number of assemblies that are left out of <c>assemblies</c>.</summary>
    public int MoreAssemblies { get; init; }

    /// <summary>
    /// Some instances that have failed, those with the longest waits, and some that are incomplete, out of date, silent or were never heard
    /// from, in this order. At most <see cref="CountedInstances.MaxImportant"/> of each kind.
    /// </summary>
    public ImmutableArray<InstanceStatus> Important { get; init; } = [];

    /// <summary>
    /// The next deadline: the earliest of the launch, the scalings and the replacements that something is unfinished of. If nothing is
    /// unfinished, the deadline of the launch. Omitted if there is none.
    /// </summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Whether a deadline has passed, and something is unfinished of its launch, scaling or replacement.</summary>
    [JsonPropertyName("timedOut")]
    public bool IsTimedOut { get; init; }

    /// <summary>
    /// Whether the servers are counting the instances again, as after a restart of a server. Until they have, the counts can be old.
    /// </summary>
    [JsonPropertyName("recounting")]
    public bool IsRecounting { get; init; }

    /// <summary>
    /// Gets the number of instances that the deployable has or will have: the larger one of those that were counted and those that its
    /// launch registers.
    /// </summary>
    [JsonIgnore]
    public int Size => Math.Max(Counts?.Instances ?? 0, Launch is { Sealed: null } launch ? launch.Instances : 0);

    /// <summary>Gets the obstacles that the deployable has beside those of its instances.</summary>
    internal IEnumerable<Obstacle> ObstaclesWith(int instances)
    {
        // A deployable whose groups were all scaled to 0 has no obstacle. A deployable that was not launched as a whole has no instance
        // only while its first one is being registered.
        if (Launch is { Sealed: null }) yield return new(ObstacleKind.RegistrationUnfinished);
        if (Scaling is { } scaling) yield return new(ObstacleKind.ScalingUnfinished, scaling.Assembly);
        if (instances == 0 && (Launch is null || IsBeingDeleted)) yield return new(ObstacleKind.NoInstances);
    }

    internal static DeployableSummary From(DeployableHeader header, CountedInstances counted, IEnumerable<InstanceStatus> important)
    {
        ArgumentNullException.ThrowIfNull(counted);
        ArgumentNullException.ThrowIfNull(important);
        var summary = From(header);
        var own = CompletionRules.StatusOf(summary.ObstaclesWith(counted.Counts.Instances));
        DateTimeOffset?[] unfinished =
        [
            counted.Deadline,
            header.Scaling?.Deadline,
            counted.IsLaunchUnfinished || header.Launch is { Sealed: null } ? header.Launch?.Deadline : null,
        ];
        var next = unfinished.Min();
        return summary with
        {
            Status = counted.Counts.Failed > 0 ? CompletionStatus.Error
                : counted.Counts.Complete < counted.Counts.Instances ? CompletionStatus.Incomplete
                : own,
            Counts = counted.Counts,
            Assemblies = counted.Assemblies,
            MoreAssemblies = counted.MoreAssemblies,
            Important = [.. important],
            Deadline = next ?? header.Launch?.Deadline,
            IsTimedOut = next <= header.AsOf,
            IsRecounting = counted.IsRecounting,
        };
    }

    internal static DeployableSummary From(DeployableHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        return new()
        {
            Id = header.Id,
            Name = header.Name,
            Registered = header.Registered,
            AsOf = header.AsOf,
            Incarnation = header.Incarnation,
            Launch = header.Launch,
            Scaling = header.Scaling,
            IsBeingDeleted = header.Deleting,
        };
    }
}

/// <summary>A page of the instances of a deployable. Each instance is on exactly one page.</summary>
public sealed record InstancesPage
{
    /// <summary>The statuses of the instances, at most a few hundred. A page can be empty.</summary>
    public required ImmutableArray<InstanceStatus> Instances { get; init; }

    /// <summary>The value of <c>after</c> for the next page. Omitted on the last page.</summary>
    public string? Next { get; init; }
}
