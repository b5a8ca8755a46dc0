using Audrey.Abstractions;
using Audrey.Abstractions.Events;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Grains.Events;
using Audrey.Grains.Rendering;
using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Instance;

/// <summary>Appends an instance's missing events and its tally to the deployable's event log, until nothing is missing.</summary>
internal sealed partial class EventLogFeeder(InstanceId id, InstanceMachine machine, InstanceAnswers answers, InstanceServices silo)
    : IRevisionTeller
{
    private Task _feeding = Task.CompletedTask;
    private bool _isQueued;
    private bool _isStopped;

    /// <summary>The rows of the instance. The feeder writes to them which revision the guest has not applied.</summary>
    public InstanceRows? Rows { get; set; }

    /// <summary>
    /// Begins to append the missing events. If an append is under way, it then continues with the events that are missing at that time.
    /// </summary>
    public Task Begin() => _feeding.IsCompleted ? _feeding = Feed() : _feeding;

    /// <summary>
    /// Begins to append when the silo next sends revisions, at most once a second. One value can change ten thousand instances. Each of
    /// these instances checks at that time, and not now, whether the log lacks an event.
    /// </summary>
    public void BeginLater()
    {
        if (_feeding.IsCompleted) Queue();
    }

    void IRevisionTeller.TellRevisions()
    {
        _isQueued = false;
        _ = Begin();
    }

    /// <summary>
    /// Appends the missing events and the final status of the instance, before its data is deleted. Completes when the log has these
    /// events.
    /// </summary>
    public Task End(RegisteredInstance instance) => Append(instance, isEnd: true);

    /// <summary>Called when the activation ends. The next activation appends the remaining events.</summary>
    public void Stop() => _isStopped = true;

    private async Task Feed()
    {
        var retries = silo.Options.Retries.Begin(silo.Time);
        while (!_isStopped && machine.Registered is { } instance && machine.Outstanding is not Effects.None and var lacking)
        {
            if (lacking == Effects.Append) await silo.Outbox.NextTurn();
            if (!ReferenceEquals(machine.Registered, instance)) continue;
            try
            {
                await NoteNewest(instance);
                await Append(instance, isEnd: false);
                retries.Reset();
                if (machine.Outstanding != Effects.AppendLater) continue;

                // A revision that arrived in the meantime is sent when the silo next sends revisions.
                Queue();
                return;
            }
            catch (NotDurableException) when (silo.Outbox.Stopping.IsCancellationRequested)
            {
                // The silo is stopping. The next activation appends the event.
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                LogAppendFailed(silo.Logger, id.Value, retries.Failures + 1, exception.GetType().Name);

                // The next write or the next activation starts another attempt.
                if (!await retries.Wait()) return;
            }
        }
    }

    private void Queue()
    {
        if (_isQueued) return;
        _isQueued = true;
        silo.Outbox.CallAtRevisionTurn(this);
    }

    /// <summary>
    /// Writes the newest revision and its time to the row, if the guest is not known to have applied it. Only the turn that sends revisions
    /// to the log does this, so a value that changes often causes at most one write a second.
    /// </summary>
    private async Task NoteNewest(RegisteredInstance instance)
    {
        if (Rows is null || !instance.HasConfiguration || !instance.IsConfigurationComplete) return;
        var revision = answers.RevisionOf(instance);
        if (ReferenceEquals(instance.WithNewest(revision), instance.Reported)) return;
        await Rows.Write((machine, now) => machine.NoteNewest(instance, revision, now));
    }

    private async Task Append(RegisteredInstance instance, bool isEnd)
    {
        var entry = machine.Log.Collect(instance, silo.Now, answers.RevisionOf, isEnd);
        var (config, definition) = (instance.Config, instance.Definition);
        if (!entry.IsInLog)
            await silo.Outbox.Send(
                config.Deployable,
                definition.Incarnation,
                [.. entry.Events.Select(note => new SourcedNote(id.Value, config.Name, note, definition.Label))],
                entry.Tally is { } tally ? new(id.Value, entry.Sequence, tally) : null);
        machine.Log.OnAppended(entry);
    }

    [LoggerMessage(LogLevel.Warning, "Instance {Instance}: attempt {Attempt} to append to the event log failed ({Failure})")]
    private static partial void LogAppendFailed(ILogger logger, string instance, int attempt, string failure);
}
