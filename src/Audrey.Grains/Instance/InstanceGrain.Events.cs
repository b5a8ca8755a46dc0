using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Events;
using Audrey.Core.Events;
using Audrey.Core.Instances;
using Audrey.Grains.Events;
using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Instance;

/// <remarks>
/// What happened, for the deployable's log. What a guest caused is noted in the row by the very write that is acknowledged to it, and stays
/// there until the log has it. Everything else is told again by each activation, and the log leaves out what it was told before.
/// </remarks>
internal sealed partial class InstanceGrain : IRevisionTeller
{
    private readonly ChangeGate _changes = new();

    // What the log is known to have: of the row's notes, of registrations, and of what RequiredValues.Revision counts in which
    // registration.
    private long _acknowledged;
    private long _announced;
    private (LiveInstance? Of, long Revision) _looked;
    private Task _telling = Task.CompletedTask;
    private bool _isToTellRevisions;
    private bool _left;

    private void BeginEvents()
    {
        var notes = reported.State.Milestones;
        (_acknowledged, _announced) = (notes.Recent.IsEmpty ? notes.Last : notes.Recent[0].Sequence - 1, notes.Announced);
        TellEvents();
    }

    /// <summary>The row as it is written: with notes of what the change is, and without those that the log has.</summary>
    private InstanceReported WithEvents(LiveInstance live, InstanceReported after)
    {
        after = MilestoneNotes.Note(live.Config, live.Reported, after, _changes, after.LastContact ?? time.GetUtcNow());
        var notes = after.Milestones.Without(_acknowledged, _announced);
        return ReferenceEquals(notes, after.Milestones) ? after : after with { Milestones = notes };
    }

    /// <summary>Has the log told what it does not have, a moment later. Called after whatever may have made news.</summary>
    private void TellEvents()
    {
        if (!_telling.IsCompleted || _live is not { } live) return;
        if (HasMoreThanRevisions(live)) _telling = Tell();
        else if (MustTellRevision(live)) TellRevisionsLater();
    }

    /// <summary>
    /// Looks for a revision to tell when the turn of those comes, once a second at most. One value may change ten thousand: each of them
    /// looks then, not now.
    /// </summary>
    private void TellRevisionsLater()
    {
        if (_isToTellRevisions) return;
        _isToTellRevisions = true;
        outbox.CallAtRevisionTurn(this);
    }

    void IRevisionTeller.TellRevisions()
    {
        _isToTellRevisions = false;
        if (_telling.IsCompleted) _telling = Tell();
    }

    private bool HasNews(LiveInstance live) => HasMoreThanRevisions(live) || MustTellRevision(live);

    private bool HasMoreThanRevisions(LiveInstance live) => live.Reported.Milestones.Last > _acknowledged || MustAnnounce(live);

    /// <summary>Registrations of a launch and newcomers of a group are told by the deployable, all at once.</summary>
    private bool MustAnnounce(LiveInstance live) =>
        live.Definition.Generation > _announced && (live.Definition.IsReplacement || live.Definition.Launch is null);

    /// <summary>Of a guest that was never heard of nobody wants to know that it could begin.</summary>
    private bool MustTellRevision(LiveInstance live) =>
        live.Required.Complete && live.Reported.FirstContact is not null && !live.Required.Services.IsEmpty && _looked != (live, live.Required.Revision);

    private async Task Tell()
    {
        for (var attempt = 1; _live is { } live && HasNews(live) && !_broken && !_left;)
        {
            if (HasMoreThanRevisions(live)) await outbox.NextTurn();
            if (!ReferenceEquals(_live, live)) continue;
            try
            {
                await Send(live, end: false);
                attempt = 1;
                if (_live is not { } now || HasMoreThanRevisions(now)) continue;
                if (MustTellRevision(now)) TellRevisionsLater();
                return;
            }
            catch (NotDurableException) when (outbox.Stopping.IsCancellationRequested)
            {
                // The silo stops: the next activation tells it.
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                LogEventsNotTold(logger, Id.Value, attempt, exception.GetType().Name);

                // The next write, or the next activation, begins again.
                if (attempt == options.Value.PushAttempts) return;
                await Task.Delay(options.Value.PushRetryDelay * Math.Min(attempt++, 10), time);
            }
        }
    }

    /// <summary>Tells what the log does not have and how the instance stands, before that is gone.</summary>
    private Task EndEvents(LiveInstance live) => Send(live, end: true);

    private async Task Send(LiveInstance live, bool end)
    {
        var (definition, config, sequence) = (live.Definition, live.Config, live.Reported.Milestones.Last);
        var notes = ImmutableArray.CreateBuilder<SourcedNote>();
        if (MustAnnounce(live))
            Add(new() { Kind = definition.IsReplacement ? EventKind.InstanceReplaced : EventKind.InstanceRegistered, At = definition.Registered, Generation = definition.Generation });
        foreach (var note in live.Reported.Milestones.Recent)
            if (note.Sequence > _acknowledged) Add(WithOutput(live, note));

        var looked = (live, live.Required.Revision);
        if (MustTellRevision(live))
        {
            Add(new() { Kind = EventKind.ConfigurationComplete, At = time.GetUtcNow(), Generation = definition.Generation, Revision = ConfigurationsOf(live).Revision });
        }

        if (end)
        {
            Add(new()
            {
                Kind = EventKind.InstanceEnded,
                At = time.GetUtcNow(),
                Generation = definition.Generation,
                Last = MilestoneNotes.LastStateOf(config, live.Reported, live.Required, live.LastContact),
            });
        }

        await outbox.Send(config.Deployable, definition.Incarnation, notes.ToImmutable());
        (_acknowledged, _announced) = (Math.Max(_acknowledged, sequence), Math.Max(_announced, definition.Generation));
        if (live.Required.Complete) _looked = looked;

        void Add(EventNote note) => notes.Add(new(Id.Value, config.Name, note));
    }

    /// <summary>With the end of what the service printed, which is in the row once already.</summary>
    private static EventNote WithOutput(LiveInstance live, EventNote note) =>
        note.Kind == EventKind.ServiceFailed && note.Generation == live.Definition.Generation
            && live.Reported.Progress.RunOf(note.Service!) is { } run && run.Run == note.Run
            ? note with { Output = run.Output }
            : note;

    [LoggerMessage(LogLevel.Warning, "Instance {Instance}: attempt {Attempt} to tell the deployable's log what happened failed ({Failure})")]
    private static partial void LogEventsNotTold(ILogger logger, string instance, int attempt, string failure);
}
