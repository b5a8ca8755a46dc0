using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;
using Audrey.Grains.Sets;

namespace Audrey.Grains.Deployable;

/// <summary>
/// Hands a deployable to another conductor. Every step checks whether it is already done, so an interrupted hand-over can safely be
/// repeated. Guests do not notice it.
/// </summary>
internal sealed class HandOver(DeployableParts parts)
{
    private DeployableState State => parts.State;

    /// <summary>Makes the intent durable. <see cref="CarryOut"/> does the rest.</summary>
    public async Task<ConductorAnswer> Begin(ConductorKey to)
    {
        if (State.AnswerToHandOver(to, parts.Id) is { } answer) return answer;
        var incarnation = State.Incarnation;
        using var reservation = await parts.Reservations.Reserve(to, await parts.Reservations.Count(State.Conductor));
        if (reservation.Excess is { } excess) return ConductorAnswer.Refuse(excess);

        // The list of the new owner is written before the intent, as it is before a deployable is created.
        await parts.Grains.Deployables(to).Add(parts.Id.Value);
        if (await parts.Reservations.Confirm(to) is { } late) return ConductorAnswer.Refuse(late);
        await parts.Listing.Begin(() => parts.Row.Update(state => state.BeginHandOver(to, incarnation, parts.Id)));
        return State.AnswerToHandOver(to, parts.Id)
            ?? ConductorAnswer.Refuse(ConductorOutcome.NotFound, $"deployable {parts.Id} was deleted in the meantime");
    }

    /// <summary>
    /// Carries out all steps that are not done yet. Does nothing if there is no intent, or if the deployable is being deleted.
    /// </summary>
    public async Task CarryOut()
    {
        if (State is not { Phase: DeployablePhase.Active, HandOver: { } intent }) return;
        var incarnation = State.Incarnation;

        // The list of the old owner remembers which of its deployables exist, so the deployable is removed from it first.
        await parts.Grains.Deployables(intent.From).Remove(parts.Id.Value);
        await parts.Row.Update(state => state.ChangeOwner(intent));
        if (State.Conductor != intent.To) return;

        // An instance whose registration had begun before is a member already, and gets its new owner after the registration.
        await parts.Members.AllJoined();
        await parts.Members.ForEach(incarnation, member => member.HandOver(parts.Id, incarnation, intent.To));
        await parts.Events.HandOver(incarnation, intent.To);
        await parts.Reservations.Shrink(intent.From);
        await parts.Row.Update(state => state.EndHandOver(intent));
    }
}
