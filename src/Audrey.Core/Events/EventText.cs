using System.Globalization;
using Audrey.Core.Completion;
using Audrey.Core.Ids;

namespace Audrey.Core.Events;

/// <summary>Describes an event in one sentence.</summary>
public static class EventText
{
    /// <summary>Returns the sentence, such as <c>service 'httpd' of web-1 (7f0c) failed with exit status 3 after 12.5 s</c>.</summary>
    public static string Of(DeployableEvent told)
    {
        ArgumentNullException.ThrowIfNull(told);
        var note = told.Details;
        var who = told.Instance is { } id ? InstanceLabels.Describe(told.Label, told.Assembly, id)
            : told.Assembly ?? "the deployable";
        var service = $"service '{note.Service}' of {who}";
        return note.Kind switch
        {
            EventKind.Registered => note.Count is { } count
                ? $"the deployable is registered and will have {Counted(count, "instance")}"
                : "the deployable is registered",
            EventKind.InstanceRegistered => $"{who} is registered{Without(note)}",
            EventKind.InstanceReplaced => Invariant($"{who} is registered again, in generation {note.Generation}{Without(note)}"),
            EventKind.FirstContact => $"{who} made its first contact{(note.Address is null ? "" : $" from {note.Address}")}",
            EventKind.ValuesGiven => $"{who} has given all its values",
            EventKind.ValuesChanged => $"{who} changed {string.Join(", ", note.Names.Select(name => $"'{name}'"))}",
            EventKind.FactsChanged => $"{who} has other facts: {string.Join(", ", note.Names)}{More(note)}",
            EventKind.ConfigurationComplete => $"{who} has all values that its services wait for, in revision {note.Revision}",
            EventKind.Applied => $"{who} has applied revision {note.Revision}",
            EventKind.OutOfDate => $"{who} is out of date until it has applied revision {note.Revision}",
            EventKind.ServiceStarted => $"{service} started",
            EventKind.ServiceEnded => $"{service} ended{After(note)}",
            EventKind.ServiceFailed => $"{service} failed with exit status {note.ExitStatus}{After(note)}",
            EventKind.Scaled => Invariant($"group {told.Assembly} has {Counted(note.Count ?? 0, "instance")}"),
            EventKind.InstanceEnded => $"{who} has ended; it {Stood(note.Last)}",
            EventKind.Deleted => "the deployable is deleted",
            EventKind.DeadlineMissed =>
                $"the deadline has passed, and {Counted(note.Count ?? 0, "instance")} "
                + $"{(note.Count == 1 ? "was" : "were")} not complete by then",
            _ => Invariant($"{Counted(note.Count ?? 1, "event")} of {who} could not be kept"),
        };
    }

    private static string Stood(LastState? last) => last switch
    {
        null => "left no state",
        { Status: CompletionStatus.Success } => "was complete",
        { Status: CompletionStatus.Error } => "had failed: " + string.Join(
            ", ",
            from service in last.Services
            where service.Status == CompletionStatus.Error
            select $"service '{service.Name}' with exit status {service.ExitStatus}"),
        { LastContact: null } => "was never heard from",
        _ => "was incomplete",
    };

    private static string Without(EventNote note) => note.Problems.IsEmpty
        ? ""
        : " without all files of " + string.Join(", ", note.Problems.Select(problem => $"service '{problem.Service}'"));

    private static string More(EventNote note) => note.Count is { } count ? Invariant($" and {count - note.Names.Length} more") : "";

    private static string After(EventNote note) =>
        note.Duration is { } duration ? Invariant($" after {duration.TotalSeconds:0.###} s") : "";

    private static string Counted(int count, string what) => Invariant($"{count:N0} {what}{(count == 1 ? "" : "s")}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
