using System.Collections.Immutable;
using System.Text;
using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Events;

namespace Audrey.Core.Instances;

/// <summary>
/// Finds the events in a change of an instance's row. The only side effect is in <see cref="EventThrottle"/>. Most changes contain no event
/// and cost only a few comparisons.
/// </summary>
public static class MilestoneNotes
{
    private const int MaxExitStatusBytes = 32;

    /// <summary>The maximum number of facts that one event names.</summary>
    private const int MaxFactNames = 16;

    /// <summary>Returns the row after a change, with a note for each event in the change.</summary>
    public static InstanceReported Add(
        InstanceConfig config, InstanceReported before, InstanceReported after, EventThrottle changes, DateTimeOffset now)
    {
        var notes = after.Milestones;
        if (before.FirstContact is null && after.FirstContact is { } first)
            Add(new() { Kind = EventKind.FirstContact, At = first, Address = after.Address });
        if (after.Version != before.Version) NoteValues();
        if (after.Services != before.Services || !ReferenceEquals(after.Progress, before.Progress))
        {
            KeepOutputs();
            for (var i = 0; i < after.Services.Length; i++) NoteService(after.Services[i]);
            if (after.Progress.Applied is { } applied && applied != before.Progress.Applied)
                Add(new() { Kind = EventKind.Applied, At = now, Revision = applied });
        }

        if (after is { Newest: { } newest, Progress.Applied: not null } && newest != before.Newest)
            Add(new() { Kind = EventKind.OutOfDate, At = newest.Since, Revision = newest.Revision });
        if (!ReferenceEquals(after.Facts, before.Facts)) NoteFacts();
        return ReferenceEquals(notes, after.Milestones) ? after : after with { Milestones = notes };

        void Add(EventNote note) => notes = notes.With(note with { Generation = after.Generation });

        void NoteValues()
        {
            if (!notes.Given)
            {
                if (config.ProvidedParameters.IsEmpty) return;
                foreach (var name in config.ProvidedParameters)
                    if (after.ValueOf(name) is null) return;
                Add(new() { Kind = EventKind.ValuesGiven, At = now });
                notes = notes with { Given = true };
                return;
            }

            List<string>? changed = null;
            for (var i = 0; i < before.Values.Length; i++)
            {
                var (was, @is) = (before.Values[i], after.Values[i]);
                if (!ReferenceEquals(was, @is) && !was.Value.AsSpan().SequenceEqual(@is.Value)
                    && changes.Admit(@is.Name, now)) (changed ??= []).Add(@is.Name);
            }

            if (changed is not null) Add(new() { Kind = EventKind.ValuesChanged, At = now, Names = [.. changed] });
        }

        // The first report of a class is no change.
        void NoteFacts()
        {
            string[] changed =
            [
                .. from report in after.Facts.Reports
                   where before.Facts.Find(report.Agent, report.Class) is { } known && !ReferenceEquals(known, report)
                   from name in report.ChangesSince(before.Facts.Find(report.Agent, report.Class)!)
                   let full = new FactName(report.Class, name).ToString()
                   where changes.Admit(full, now)
                   select full,
            ];
            if (changed.Length == 0) return;
            Add(new()
            {
                Kind = EventKind.FactsChanged,
                At = now,
                Names = [.. changed.Take(MaxFactNames)],
                Count = changed.Length > MaxFactNames ? changed.Length : null,
            });
        }

        // The notes of runs that are replaced in the row take over the output, in case the log does not have them yet.
        void KeepOutputs()
        {
            if (notes.Recent.IsEmpty || ReferenceEquals(after.Progress, before.Progress)) return;
            notes = notes.WithOutputs(after.Generation, before.Progress.AllRuns
                .Where(run => after.Progress.RunsOf(run.Service).All(kept => kept.Run != run.Run)));
        }

        void NoteService(ServiceProgress progress)
        {
            var was = before.ProgressOf(progress.Name);
            var (ran, runs) = (before.Progress.RunOf(progress.Name), after.Progress.RunOf(progress.Name));
            if (ReferenceEquals(was, progress) && ReferenceEquals(ran, runs)) return;
            if (progress.Started is { } started && started != was?.Started)
                Add(new() { Kind = EventKind.ServiceStarted, At = started, Service = progress.Name, Run = runs?.Run });
            var endsRun = runs is { HasEnded: true } && !(ran is { HasEnded: true } && ran.Run == runs.Run);
            if (progress.ExitStatus is not { } exit || (!endsRun && progress.Ended == was?.Ended)) return;
            Add(new()
            {
                Kind = CompletionRules.OfExitStatus(exit) == CompletionStatus.Success ? EventKind.ServiceEnded : EventKind.ServiceFailed,
                At = now,
                Service = progress.Name,
                Run = endsRun ? runs!.Run : null,
                ExitStatus = Text(exit),
                Duration = endsRun ? runs!.Duration : progress.Ended - progress.Started,
            });
        }
    }

    /// <summary>Returns the last state of an instance. The state is kept after the instance has ended.</summary>
    /// <param name="config">The instance.</param>
    /// <param name="row">The row that the guest reported.</param>
    /// <param name="required">The values that the services wait for.</param>
    /// <param name="lastContact">The time of the last contact with the guest.</param>
    public static LastState LastStateOf(InstanceConfig config, InstanceReported row, RequiredValues required,
        DateTimeOffset? lastContact) => new()
        {
            Status = CompletionRules.StatusOf(Provisioning.ObstaclesOf(config, row, lastContact)),
            LastContact = lastContact,
            Missing = [.. config.ProvidedParameters.Where(name => row.ValueOf(name) is null)],
            Services = [.. required.Services.Select(service => LastStateOf(row, service))],
        };

    private static LastServiceState LastStateOf(InstanceReported row, RequiredValues.Service service)
    {
        var (progress, run) = (row.ProgressOf(service.Name), row.Progress.EndedRunOf(service.Name));
        var status = CompletionRules.OfExitStatus(progress?.ExitStatus);
        return new()
        {
            Name = service.Name,
            Status = status,
            ExitStatus = progress?.ExitStatus is { } exit ? Text(exit) : null,
            Duration = run?.Duration ?? (progress?.Ended - progress?.Started),
            Output = status == CompletionStatus.Error ? run?.Output : null,
            Waits = service.MissingCount,
        };
    }

    private static string Text(byte[] exitStatus)
    {
        var text = Encoding.UTF8.GetString(exitStatus.AsSpan(0, Math.Min(exitStatus.Length, 4 * MaxExitStatusBytes))).Trim();
        return text.Length > MaxExitStatusBytes ? text[..MaxExitStatusBytes] : text;
    }
}

/// <summary>
/// Limits how often a change of one value is noted as an event. A value can change constantly, so not every change is written as an event.
/// </summary>
public sealed class EventThrottle
{
    /// <summary>The minimum time between two notes of the same value.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>The maximum number of values that are remembered. Further values are not noted until others are forgotten.</summary>
    private const int MaxNames = 4096;

    private Dictionary<string, DateTimeOffset>? _told;

    /// <summary>Returns whether this change of the value is noted.</summary>
    public bool Admit(string name, DateTimeOffset now)
    {
        _told ??= new(StringComparer.Ordinal);
        if (_told.TryGetValue(name, out var last) && now - last < Interval) return false;
        if (_told.Count >= MaxNames)
        {
            foreach (var (old, _) in _told.Where(one => now - one.Value >= Interval).ToList()) _told.Remove(old);
            if (_told.Count >= MaxNames) return false;
        }

        _told[name] = now;
        return true;
    }
}
