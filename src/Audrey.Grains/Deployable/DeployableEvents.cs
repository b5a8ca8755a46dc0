using System.Globalization;
using Audrey.Abstractions;
using Audrey.Abstractions.Events;
using Audrey.Core.Events;
using Audrey.Core.Ids;

namespace Audrey.Grains.Deployable;

/// <summary>What a deployable appends to its log of events.</summary>
internal sealed class DeployableEvents(IGrainFactory grains, DeployableId deployable, TimeProvider time)
{
    private IEventsGrain Log => grains.GetGrain<IEventsGrain>(GrainKeys.Of(deployable));

    /// <summary>
    /// Has the log begin, and does not wait for it. If this call gets lost, the log finds the deployable when it is next called.
    /// </summary>
    public void Begin(long incarnation) => Log.Append(new(incarnation, [])).Ignore();

    /// <summary>Appends that a group was scaled. The same scaling, carried out again, is appended once.</summary>
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

    /// <summary>Appends that the deadline was missed, if it was and this has not been appended yet.</summary>
    public Task JudgeDeadline(long incarnation) => Log.JudgeDeadline(incarnation);

    // The ids of newcomers are made for one scaling, so they tell it from others.
    private static string IdOf(ScaleIntent intent) => string.Create(
        CultureInfo.InvariantCulture,
        $"{intent.Assembly}:{intent.Count}:{intent.Added.FirstOrDefault()?.Id.Value}:{intent.Removed.FirstOrDefault().Value}");
}
