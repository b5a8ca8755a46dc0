using Audrey.Core.Events;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Audrey.Core.Text;
using Spectre.Console;

namespace Audrey.Cli.Output;

/// <summary>Prints events as they come, and says where some are missing.</summary>
internal sealed class EventsOutput(Terminal terminal, bool json, long after)
{
    /// <summary>Lines of a failed service's output that are shown to people.</summary>
    private const int MaxLines = 20;

    private long _last = after;

    public void Print(DeployableEvent told)
    {
        if (told.Number != _last + 1)
            terminal.Note(told.Number > _last ? $"events {_last + 1} to {told.Number - 1} are not kept any "
                + $"more" : "the history was erased, and its numbers began anew");
        _last = told.Number;
        if (json) terminal.WriteJsonLine(JsonOf(told));
        else PrintText(told);
        terminal.Out.Flush();
    }

    private void PrintText(DeployableEvent told)
    {
        terminal.Line($"{told.Number,6} {UtcTime.Format(told.Note.At)} {EventText.Of(told)}", Colour(told.Note.Kind));
        if (told.Note.Output is not { Length: > 0 } output) return;
        foreach (var line in output.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').TakeLast(MaxLines))
            terminal.Line($"         | {line}");
    }

    /// <summary>With the names that events have in version 3 of the protocol.</summary>
    private static object JsonOf(DeployableEvent told)
    {
        var note = told.Note;
        return new
        {
            told.Number,
            time = note.At.ToUniversalTime(),
            kind = EventKinds.NameOf(note.Kind),
            detail = EventText.Of(told),
            told.Instance,
            told.Assembly,
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
