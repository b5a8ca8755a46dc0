using Audrey.Core.Events;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Audrey.Core.Text;
using Spectre.Console;

namespace Audrey.Cli.Output;

/// <summary>Prints events one by one, and prints a note where events are missing.</summary>
internal sealed class EventsOutput(Terminal terminal, bool json, long after)
{
    /// <summary>The maximum number of lines of a failed service's output that are printed as text.</summary>
    private const int MaxLines = 20;

    private long _last = after;

    public void Print(DeployableEvent entry)
    {
        if (entry.Number <= _last) terminal.Note("the history was erased, and its numbers began anew");
        else if (entry.Number > _last + 1) terminal.Note($"events {_last + 1} to {entry.Number - 1} are no longer kept");
        _last = entry.Number;
        if (json) terminal.WriteJsonLine(JsonOf(entry));
        else PrintText(entry);
        terminal.Out.Flush();
    }

    private void PrintText(DeployableEvent entry)
    {
        terminal.Line($"{entry.Number,6} {UtcTime.Format(entry.Note.At)} {EventText.Of(entry)}", Colour(entry.Note.Kind));
        if (entry.Note.Output is not { Length: > 0 } output) return;
        foreach (var line in output.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').TakeLast(MaxLines))
            terminal.Line($"         | {line}");
    }

    /// <summary>Uses the field names of protocol version 3.</summary>
    private static object JsonOf(DeployableEvent entry)
    {
        var note = entry.Note;
        return new
        {
            entry.Number,
            time = note.At.ToUniversalTime(),
            kind = EventKinds.NameOf(note.Kind),
            detail = EventText.Of(entry),
            entry.Instance,
            entry.Assembly,
            generation = note.Generation == 0 ? (long?)null : note.Generation,
            note.Service,
            note.Run,
            note.ExitStatus,
            durationSeconds = note.Duration?.TotalSeconds,
            note.Output,
            names = note.Names.IsEmpty ? null : note.Names.ToArray(),
            revision = note.Kind is EventKind.ConfigurationComplete or EventKind.Applied ? note.Revision : null,
            note.Count,
            note.Address,
            last = note.Last is { } last ? JsonOf(last) : null,
        };
    }

    private static object JsonOf(LastState last) => new
    {
        status = CompletionStatusNames.NameOf(last.Status),
        last.LastContact,
        last.Missing,
        services = last.Services.Select(service => new
        {
            service.Name,
            status = CompletionStatusNames.NameOf(service.Status),
            service.ExitStatus,
            durationSeconds = service.Duration?.TotalSeconds,
            service.Output,
            service.Waits,
        }),
    };

    /// <summary>Returns the colour of an event. Most have none.</summary>
    private static Color Colour(EventKind kind) => kind switch
    {
        EventKind.ServiceFailed => Color.Red,
        EventKind.Missed or EventKind.DeadlineMissed => Color.Yellow,
        EventKind.ServiceEnded => Color.Green,
        _ => Color.Default,
    };
}
