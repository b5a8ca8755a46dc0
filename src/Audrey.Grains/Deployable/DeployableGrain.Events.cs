using System.Collections.Immutable;
using System.Globalization;
using Audrey.Abstractions;
using Audrey.Abstractions.Events;
using Audrey.Core.Events;

namespace Audrey.Grains.Deployable;

internal sealed partial class DeployableGrain
{
    private IEventsGrain Events => GrainFactory.GetGrain<IEventsGrain>(GrainKeys.Of(Id));

    /// <summary>Has the log begin. That is not waited for: if it gets lost, the log finds the deployable when it is next told or asked anything.</summary>
    private void BeginEvents() => Events.Append(new(State.Incarnation, [])).Ignore();

    private Task TellScaled(ScaleIntent intent) => Events.Append(new(State.Incarnation, [new(null, intent.Assembly, new EventNote
    {
        Kind = EventKind.Scaled,
        At = _time.GetUtcNow(),
        Count = intent.Count,

        // The ids are the scaling's own: the same again is the same one taken up again.
        Revision = string.Create(CultureInfo.InvariantCulture, $"{intent.Assembly}:{intent.Count}:{intent.Added.FirstOrDefault()?.Id.Value}:{intent.Removed.FirstOrDefault().Value}"),
    })]));

    private Task TellDeleted(DeployableState state) => state.Incarnation == 0
        ? Task.CompletedTask
        : Events.Append(new(state.Incarnation, [new(null, null, new EventNote { Kind = EventKind.Deleted, At = _time.GetUtcNow() })]));
}
