using System.Collections.Immutable;
using Audrey.Core.Events;

namespace Audrey.Core.Instances;

/// <summary>
/// Tracks which events of one instance, and which tally, are known to be in the deployable's event log. If a guest causes an event, the
/// write that is acknowledged to the guest also notes the event in the row. The note stays in the row until the log has the event. Other
/// events are not noted. Each activation appends them again, and the log ignores the events that it already has.
/// </summary>
public sealed class EventLogProgress
{
    // What the log is known to have: the milestones up to this number, the registrations up to this generation, and the configuration
    // revision of one registration at this change count.
    private long _sequence;
    private long _generation;
    private (RegisteredInstance? Of, long ChangeCount) _revision;

    // The tally that the log is known or presumed to have, and the values that it was compared with.
    private InstanceTally? _tally;
    private (RegisteredInstance? Of, long ChangeCount) _tallied;

    internal EventLogProgress(Milestones milestones)
    {
        _sequence = milestones.Recent.IsEmpty ? milestones.Last : milestones.Recent[0].Sequence - 1;
        _generation = milestones.Announced;
    }

    /// <summary>
    /// Called when an activation starts with a registered instance. Without its providers' snapshots, the instance appends its tally only
    /// after a change, so that the activation causes no pulls. Otherwise it appends its tally once, in case an earlier append was lost.
    /// </summary>
    internal void Presume(RegisteredInstance instance)
    {
        _tallied = (instance, instance.Required.ChangeCount);
        if (!instance.Required.KnowsProviders) _tally = InstanceTally.Of(instance);
    }

    /// <summary>
    /// Returns the effect that adds the missing events and the tally to the log: <see cref="Effects.Append"/>, <see
    /// cref="Effects.AppendLater"/> or none.
    /// </summary>
    public Effects LackingOf(RegisteredInstance instance) =>
        HasMilestones(instance) || _tallied.Of != instance ? Effects.Append
        : LacksRevision(instance) || LacksTally(instance) ? Effects.AppendLater
        : Effects.None;

    /// <summary>Returns the events that the log lacks, for one append.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="now">The current time.</param>
    /// <param name="revisionOf">Returns the configuration revision. Called only if the log lacks the revision.</param>
    /// <param name="isEnd">True if this is the last entry of the registration. It then includes the registration's last state.</param>
    public LogEntry Collect(RegisteredInstance instance, DateTimeOffset now, Func<RegisteredInstance, string> revisionOf, bool isEnd)
    {
        var definition = instance.Definition;
        var events = ImmutableArray.CreateBuilder<EventNote>();
        if (MustAnnounce(instance))
        {
            events.Add(new()
            {
                Kind = definition.IsReplacement ? EventKind.InstanceReplaced : EventKind.InstanceRegistered,
                At = definition.Registered,
                Generation = definition.Generation,
                Problems = [.. (definition.Leniency?.LeftOut ?? []).Select(one => new ServiceProblem(one.Service, one.Describe()))],
            });
        }

        foreach (var milestone in instance.Reported.Milestones.Recent)
            if (milestone.Sequence > _sequence) events.Add(WithOutput(instance, milestone));

        var changeCount = instance.Required.ChangeCount;
        if (LacksRevision(instance))
        {
            events.Add(new()
            {
                Kind = EventKind.ConfigurationComplete,
                At = now,
                Generation = definition.Generation,
                Revision = revisionOf(instance),
            });
        }

        if (isEnd)
        {
            events.Add(new()
            {
                Kind = EventKind.InstanceEnded,
                At = now,
                Generation = definition.Generation,
                Last = MilestoneNotes.LastStateOf(instance.Config, instance.Reported, instance.Required, instance.LastContact),
            });
        }

        var tally = isEnd ? null : InstanceTally.Of(instance);
        return new(instance, events.ToImmutable(), instance.Reported.Milestones.Last, definition.Generation, changeCount)
        {
            Tally = tally,
            IsInLog = !isEnd && events.Count == 0 && tally == _tally,
        };
    }

    /// <summary>Called when an entry is durable in the log.</summary>
    public void OnAppended(LogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        (_sequence, _generation) = (Math.Max(_sequence, entry.Sequence), Math.Max(_generation, entry.Generation));
        if (entry.Instance.IsConfigurationComplete) _revision = (entry.Instance, entry.ChangeCount);
        if (entry.Tally is not null) (_tally, _tallied) = (entry.Tally, (entry.Instance, entry.ChangeCount));
    }

    /// <summary>Returns the row without the milestones that the log has.</summary>
    internal InstanceReported WithoutAppended(InstanceReported row)
    {
        var milestones = row.Milestones.Without(_sequence, _generation);
        return ReferenceEquals(milestones, row.Milestones) ? row : row with { Milestones = milestones };
    }

    private bool HasMilestones(RegisteredInstance instance) => instance.Reported.Milestones.Last > _sequence || MustAnnounce(instance);

    /// <summary>
    /// Returns whether the instance must append its own registration. The registrations of a launch, and those of a group's new members,
    /// are appended by the deployable as one event.
    /// </summary>
    private bool MustAnnounce(RegisteredInstance instance) =>
        instance.Definition.Generation > _generation && (instance.Definition.IsReplacement || instance.Definition.Launch is null);

    /// <summary>
    /// Returns whether the log lacks the configuration revision. A complete configuration is not logged before the guest's first contact.
    /// </summary>
    private bool LacksRevision(RegisteredInstance instance) =>
        instance.IsConfigurationComplete && instance.Reported.FirstContact is not null && !instance.Required.Services.IsEmpty
        && _revision != (instance, instance.Required.ChangeCount);

    /// <summary>
    /// Returns whether the log may lack the tally. Every change of the values is a reason to compare the newest revision again.
    /// </summary>
    private bool LacksTally(RegisteredInstance instance) =>
        _tallied != (instance, instance.Required.ChangeCount) || InstanceTally.Of(instance) != _tally;

    /// <summary>
    /// Adds the last part of the run's output to a note. The row stores the output only once: in the run, or if later runs have replaced
    /// that run, in the note.
    /// </summary>
    private static EventNote WithOutput(RegisteredInstance instance, EventNote milestone) =>
        milestone is { Output: null, IsEndOfRun: true } && milestone.Generation == instance.Definition.Generation
            && instance.Reported.Progress.RunsOf(milestone.Service!).FirstOrDefault(run => run.Run == milestone.Run) is { } known
            ? milestone with { Output = known.ForEvent() }
            : milestone;
}

/// <summary>The entry that one append adds to the event log.</summary>
/// <param name="Instance">The instance.</param>
/// <param name="Events">The events, oldest first.</param>
/// <param name="Sequence">The sequence number of the row's newest milestone.</param>
/// <param name="Generation">The instance's generation.</param>
/// <param name="ChangeCount">The change count of the instance's required values.</param>
public sealed record LogEntry(
    RegisteredInstance Instance, ImmutableArray<EventNote> Events, long Sequence, long Generation, long ChangeCount)
{
    /// <summary>The tally of the instance. Null if the registration has ended.</summary>
    public InstanceTally? Tally { get; init; }

    /// <summary>Whether the log is known to have all of this entry, so that it need not be sent.</summary>
    public bool IsInLog { get; init; }
}
