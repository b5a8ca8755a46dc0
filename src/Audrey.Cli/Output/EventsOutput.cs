using Audrey.Cli.Connection;
using Audrey.Core.Events;
using Audrey.Core.Text;
using Audrey.Protocol.Version3;
using Spectre.Console;

namespace Audrey.Cli.Output;

/// <summary>Prints events one by one, and prints a note where events are missing.</summary>
internal sealed class EventsOutput(Terminal terminal, bool json, long after)
{
    /// <summary>The colours of events. Most events have none.</summary>
    private static readonly Dictionary<string, Color> Colours = new()
    {
        [EventKinds.NameOf(EventKind.ServiceEnded)] = Color.Green,
        [EventKinds.NameOf(EventKind.ServiceFailed)] = Color.Red,
        [EventKinds.NameOf(EventKind.Missed)] = Color.Yellow,
        [EventKinds.NameOf(EventKind.DeadlineMissed)] = Color.Yellow,
    };

    private readonly EventSequence _sequence = new(after);

    public void Print(Event entry)
    {
        if (_sequence.Add(entry) is { } missing) terminal.Info(missing);
        if (json) terminal.WriteJsonLine(entry);
        else PrintText(entry);
        terminal.Out.Flush();
    }

    private void PrintText(Event entry)
    {
        var colour = Colours.GetValueOrDefault(entry.Kind, Color.Default);
        terminal.Line($"{entry.Number,6} {UtcTime.Format(entry.Time)} {entry.Detail}", colour);
        foreach (var line in OutputLines.Of(entry.Output)) terminal.Line($"         {line}");
    }
}
