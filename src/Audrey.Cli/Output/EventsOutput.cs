using Audrey.Core.Text;
using Audrey.Protocol.Version3;
using Spectre.Console;

namespace Audrey.Cli.Output;

/// <summary>Prints events one by one, and prints a note where events are missing.</summary>
internal sealed class EventsOutput(Terminal terminal, bool json, long after)
{
    private long _last = after;

    public void Print(Event entry)
    {
        if (entry.Number <= _last) terminal.Info("the history was erased, and its numbers started again");
        else if (entry.Number > _last + 1) terminal.Info($"events {_last + 1} to {entry.Number - 1} are no longer kept");
        _last = entry.Number;
        if (json) terminal.WriteJsonLine(entry);
        else PrintText(entry);
        terminal.Out.Flush();
    }

    private void PrintText(Event entry)
    {
        terminal.Line($"{entry.Number,6} {UtcTime.Format(entry.Time)} {entry.Detail}", Colour(entry.Kind));
        foreach (var line in OutputLines.Of(entry.Output)) terminal.Line($"         {line}");
    }

    /// <summary>Returns the colour of an event. Most have none.</summary>
    private static Color Colour(string kind) => kind switch
    {
        "service-failed" => Color.Red,
        "missed" or "deadline-missed" => Color.Yellow,
        "service-ended" => Color.Green,
        _ => Color.Default,
    };
}
