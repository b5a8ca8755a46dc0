using Audrey.Core.Ids;
using Audrey.Grains.Sets;

namespace Audrey.Grains.Deployable;

/// <summary>Deletes the rows of an incarnation of a deployable. All of it can be done again if it was cut short.</summary>
internal sealed class Deletion(IGrainFactory grains, DeployableId deployable, Membership members, DeployableEvents events)
{
    /// <summary>Deletes the members, ends the event log, and removes the deployable from its conductor's list.</summary>
    public async Task CarryOut(DeployableState state)
    {
        await members.AllJoined();
        await members.ForEach(state.Incarnation, member => member.Delete(deployable, state.Incarnation));
        await events.Deleted(state.Incarnation);
        await members.SetOf(state.Incarnation).Clear();
        await grains.Deployables(state.Conductor).Remove(deployable.Value);
    }
}
