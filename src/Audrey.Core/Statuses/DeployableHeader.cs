using System.Text.Json.Serialization;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Orleans;

namespace Audrey.Core.Statuses;

/// <summary>The data of a deployable, without its instances.</summary>
[GenerateSerializer, Immutable, Alias("audrey.DeployableHeader")]
public sealed record DeployableHeader
{
    [Id(0)] public required DeployableId Id { get; init; }

    [Id(1)] public required string Name { get; init; }

    [Id(2)] public required ConductorKey Conductor { get; init; }

    /// <summary>The time at which the deployable's first instance was registered.</summary>
    [Id(3)] public required DateTimeOffset Registered { get; init; }

    /// <summary>The number of pages of members.</summary>
    [Id(4)] public required int Pages { get; init; }

    /// <summary>Whether the deletion of the deployable has begun.</summary>
    [Id(5)] public required bool Deleting { get; init; }

    /// <summary>The launch that created the deployable. Null if its instances were registered individually.</summary>
    [Id(6)] public LaunchProgress? Launch { get; init; }

    /// <summary>The time at which this header was read.</summary>
    [Id(7)] public DateTimeOffset AsOf { get; init; }

    /// <summary>The scaling that has begun and is not finished. Null if there is none.</summary>
    [Id(8)] public ScaleProgress? Scaling { get; init; }

    /// <summary>The incarnation, which counts how often a deployable with this id was created.</summary>
    [Id(9)] public long Incarnation { get; init; }

    /// <summary>
    /// The number of instances that a launch has registered in the last ten seconds. 0 if no launch was finished in this time.
    /// </summary>
    public int LaunchedLately =>
        Launch is { Sealed: { } end } launch && AsOf - end < TimeSpan.FromSeconds(10) ? launch.Instances : 0;

    /// <summary>
    /// Returns the deadline of an instance, which is that of the operation that began its generation: the launch, a scaling or a
    /// replacement. Null if that operation has none. The status and the event log use the same deadline.
    /// </summary>
    public DateTimeOffset? DeadlineOf(InstanceReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return report.Deadline ?? (report.IsAfterLaunch ? null : Launch?.Deadline);
    }
}

/// <summary>The progress of a launch.</summary>
[GenerateSerializer, Immutable, Alias("audrey.LaunchProgress")]
public sealed record LaunchProgress
{
    /// <summary>The number of instances that the launch registers.</summary>
    [Id(0)] public required int Instances { get; init; }

    /// <summary>The time at which the launch began.</summary>
    [Id(1)] public required DateTimeOffset Begun { get; init; }

    /// <summary>The time at which the last of the instances was registered. Null until then.</summary>
    [Id(2)] public DateTimeOffset? Sealed { get; init; }

    /// <summary>The time by which all instances of the launch should be complete. Null if the launch has no deadline.</summary>
    [Id(3)] public DateTimeOffset? Deadline { get; init; }

    /// <summary>The digest that identifies the launch.</summary>
    [Id(4)] public string Digest { get; init; } = "";
}

/// <summary>A scaling that has begun and is not finished.</summary>
/// <param name="Assembly">The group's assembly.</param>
/// <param name="Count">The number of instances that the group will have.</param>
/// <param name="Deadline">The time by which the new instances should be complete. Null if the scaling has no deadline.</param>
/// <param name="LeaveBy">The time until which members that leave can hand over their work. Null if no member leaves, or if they have no
/// such time.</param>
[GenerateSerializer, Immutable, Alias("audrey.ScaleProgress")]
public sealed record ScaleProgress(
    [property: Id(0), JsonPropertyName("group")] string Assembly,
    [property: Id(1), JsonPropertyName("size")] int Count,
    [property: Id(2)] DateTimeOffset? Deadline = null,
    [property: Id(3)] DateTimeOffset? LeaveBy = null);
