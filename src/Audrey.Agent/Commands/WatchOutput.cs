using System.Globalization;
using System.Text.Json.Nodes;
using Audrey.Agent.Watching;

namespace Audrey.Agent.Commands;

/// <summary>Prints changes of facts: one line for each property, or one line of JSON for each change of a class.</summary>
/// <param name="output">Receives the lines.</param>
/// <param name="isJson">Whether JSON is printed.</param>
internal sealed class WatchOutput(TextWriter output, bool isJson) : IFactListener
{
    public void Receive(FactChange change)
    {
        var report = change.Report;
        var time = change.Time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        if (isJson)
        {
            output.WriteLine(new JsonObject
            {
                ["time"] = time,
                ["class"] = report.Class.Name,
                ["changed"] = new JsonArray([.. change.Changed.Select(name => (JsonNode)name)]),
                ["facts"] = FactsOutput.ToJson(report),
            }.ToJsonString());
            return;
        }

        if (report.Readings.Count == 0) output.WriteLine($"{time} {report.Class.Name}: {FactsOutput.Describe(report)}");
        foreach (var name in change.Changed)
        {
            var text = report.Readings.TryGetValue(name, out var reading)
                ? FactsOutput.Describe(reading, report.Class.Find(name)?.Unit)
                : "gone";
            output.WriteLine($"{time} {report.Class.Name}.{name}: {ToLine(text)}");
        }
    }

    /// <summary>A structured fact of Facter has several lines.</summary>
    private static string ToLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
