using System.Globalization;
using Audrey.Core.Instances;

namespace Audrey.Core.Events;

/// <summary>Describes an event in one sentence.</summary>
public static class EventText
{
    /// <summary>Returns the sentence, such as <c>service 'httpd' of web (7f0c) failed with exit status 3 after 12.5 s</c>.</summary>
    public static string Of(DeployableEvent told)
    {
        ArgumentNullException.ThrowIfNull(told);
        var note = told.Note;
        var who = told.Assembly is { } assembly ? $"{assembly} ({told.Instance})" : told.Instance ?? "the deployable";
        var service = $"service '{note.Service}' of {who}";
        return note.Kind switch
        {
            EventKind.Registered => note.Count is { } count ? Invariant($"the deployable is registered, to have {Counted(count, "instance")}") : "the deployable is registered",
            EventKind.InstanceRegistered => $"{who} is registered",
            EventKind.InstanceReplaced => Invariant($"{who} is registered anew, in generation {note.Generation}"),
            EventKind.FirstContact => note.Address is null ? $"{who} was heard of for the first time" : $"{who} was heard of for the first time, from {note.Address}",
            EventKind.ValuesGiven => $"{who} has given all its values",
            EventKind.ValuesChanged => $"{who} changed {string.Join(", ", note.Names.Select(name => $"'{name}'"))}",
            EventKind.ConfigurationComplete => $"{who} has all values that its services wait for, in revision {note.Revision}",
            EventKind.Applied => $"{who} has applied revision {note.Revision}",
            EventKind.ServiceStarted => $"{service} started",
            EventKind.ServiceEnded => $"{service} ended{After(note)}",
            EventKind.ServiceFailed => $"{service} failed with exit status {note.ExitStatus}{After(note)}",
            EventKind.Scaled => Invariant($"group {told.Assembly} has {Counted(note.Count ?? 0, "instance")}"),
            EventKind.InstanceEnded => $"{who} is no more; it {Stood(note.Last)}",
            EventKind.Deleted => "the deployable is deleted",
            EventKind.DeadlineMissed => Invariant($"the deadline has passed, and {Counted(note.Count ?? 0, "instance")} {(note.Count == 1 ? "was" : "were")} not complete by then"),
            _ => Invariant($"{Counted(note.Count ?? 1, "event")} of {who} could not be kept"),
        };
    }

    private static string Stood(LastState? last) => last switch
    {
        null => "left no state",
        { Status: CompletionStatus.Success } => "was complete",
        { Status: CompletionStatus.Error } => "had failed: " + string.Join(", ", last.Services
            .Where(service => service.Status == CompletionStatus.Error).Select(service => $"service '{service.Name}' with exit status {service.ExitStatus}")),
        { LastContact: null } => "was never heard of",
        _ => "was incomplete",
    };

    private static string After(EventNote note) => note.Duration is { } duration ? Invariant($" after {duration.TotalSeconds:0.###} s") : "";

    private static string Counted(int count, string what) => Invariant($"{count:N0} {what}{(count == 1 ? "" : "s")}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
