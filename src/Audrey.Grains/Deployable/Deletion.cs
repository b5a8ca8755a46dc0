using Audrey.Core.Ids;
using Audrey.Grains.Sets;

namespace Audrey.Grains.Deployable;

/// <summary>Deletes the rows of an incarnation of a deployable. An interrupted deletion can safely be repeated.</summary>
internal sealed class Deletion(IGrainFactory grains, DeployableId deployable, Membership members, DeployableEvents events)
{
    /// <summary>Deletes the members, ends the event log, and removes the deployable from its conductor's list.</summary>
    public async Task CarryOut(DeployableState state)
    {
        await members.AllJoined();
        await members.ForEach(state.Incarnation, member => member.Delete(deployable, state.Incarnation));
        await events.Deleted(state.Incarnation);
        await members.SetOf(state.Incarnation).Clear();
        if (state.HandOver is { } handOver)
            await Task.WhenAll(new[] { handOver.From, handOver.To }.Select(other => grains.Deployables(other).Remove(deployable.Value)));
        else
            await grains.Deployables(state.Conductor).Remove(deployable.Value);
    }
}
