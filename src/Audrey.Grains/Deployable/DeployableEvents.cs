using System.Globalization;
using Audrey.Abstractions;
using Audrey.Abstractions.Events;
using Audrey.Core.Events;
using Audrey.Core.Ids;

namespace Audrey.Grains.Deployable;

/// <summary>Appends a deployable's own events to its event log.</summary>
internal sealed class DeployableEvents(IGrainFactory grains, DeployableId deployable, TimeProvider time)
{
    private IEventsGrain Log => grains.GetGrain<IEventsGrain>(GrainKeys.Of(deployable));

    /// <summary>
    /// Starts the log without waiting for the start. If this call is lost, the log reads the deployable when the log is next called.
    /// </summary>
    public void Begin(long incarnation) => Log.Append(new(incarnation, [])).Ignore();

    /// <summary>Appends that a group was scaled. If the same scaling is carried out again, the event is not appended again.</summary>
    public Task Scaled(long incarnation, ScaleIntent intent) => Log.Append(new(incarnation, [new(null, intent.Assembly, new EventNote
    {
        Kind = EventKind.Scaled,
        At = time.GetUtcNow(),
        Count = intent.Count,
        ScalingId = IdOf(intent),
    })]));

    /// <summary>Appends that the deployable was deleted.</summary>
    public Task Deleted(long incarnation) => incarnation == 0
        ? Task.CompletedTask
        : Log.Append(new(incarnation, [new(null, null, new EventNote { Kind = EventKind.Deleted, At = time.GetUtcNow() })]));

    /// <summary>Lets the new owner of the deployable read the events.</summary>
    public Task HandOver(long incarnation, ConductorKey conductor) => Log.HandOver(incarnation, conductor);

    /// <summary>Appends that a deadline was missed, unless it was met or the event was appended before.</summary>
    public Task JudgeDeadline(long incarnation, DateTimeOffset deadline) => Log.JudgeDeadline(incarnation, deadline);

    // The ids of new members are created for only one scaling, so they identify it.
    private static string IdOf(ScaleIntent intent) => string.Create(
        CultureInfo.InvariantCulture,
        $"{intent.Assembly}:{intent.Count}:{intent.Added.FirstOrDefault()?.Id.Value}:{intent.Removed.FirstOrDefault().Value}");
}
