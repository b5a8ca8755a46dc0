using System.Text.Json.Nodes;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Facts;

namespace Audrey.Agent.Commands;

/// <summary>Prints facts as text, one line for each property, or as JSON.</summary>
/// <param name="output">Receives the facts.</param>
/// <param name="log">Receives the reason if a single value is not known, so that the output has only values.</param>
/// <param name="isJson">Whether JSON is printed.</param>
internal sealed class FactsOutput(TextWriter output, IAgentLog log, bool isJson)
{
    /// <summary>Writes classes with all their properties.</summary>
    public void Write(IReadOnlyList<ClassReport> reports)
    {
        if (isJson)
        {
            Write(new JsonObject(reports.Select(report => KeyValuePair.Create(report.Class.Name, (JsonNode?)ToJson(report)))));
            return;
        }

        foreach (var report in reports)
        {
            if (report.Readings.Count == 0) output.WriteLine($"{report.Class.Name}: {Describe(report)}");
            foreach (var (name, reading) in report.Readings)
                output.WriteLine($"{report.Class.Name}.{name}: {Describe(reading, report.Class.Find(name)?.Unit)}");
        }
    }

    /// <summary>Writes one property. Its text is the value alone.</summary>
    public void Write(ClassReport report, string property)
    {
        var reading = report.Readings[property];
        if (isJson) Write(ToJson(reading, report.Class.Find(property)?.Unit));
        else if (reading.ToText() is { } text) output.WriteLine(text);
        else log.Write($"{report.Class.Name}.{property} is not known: {reading.Reason}");
    }

    /// <summary>Writes a comparison.</summary>
    public void Write(string name, FactVerification verification, IReadOnlyList<(string Name, Reading Reading)> readings)
    {
        var verdict = verification.Verdict switch
        {
            FactVerdict.Equal => "equal",
            FactVerdict.Different => "different",
            _ => "not known",
        };
        if (isJson)
        {
            var json = new JsonObject { ["property"] = name, ["verdict"] = verdict };
            foreach (var (source, reading) in readings) json[source] = ToJson(reading, null);
            json["reasons"] = new JsonArray([.. verification.Reasons.Select(reason => (JsonNode)reason)]);
            Write(json);
            return;
        }

        output.WriteLine($"{name}: {verdict}");
        foreach (var (source, reading) in readings) output.WriteLine($"  {source}: {Describe(reading, null)}");
        foreach (var reason in verification.Reasons) output.WriteLine(reason);
    }

    public static string Describe(ClassReport report) => report.Reason is { } reason ? $"not known: {reason}" : "none";

    public static string Describe(Reading reading, string? unit)
    {
        if (reading.Value is null) return reading.IsKnown ? $"none: {reading.Reason}" : $"not known: {reading.Reason}";
        var origin = reading.Origin is null ? "" : $" ({reading.Origin})";
        return $"{reading.ToText()}{(unit is null ? "" : $" {unit}")}{origin}";
    }

    public static JsonObject ToJson(ClassReport report)
    {
        var json = new JsonObject();
        if (report.Readings.Count == 0 && report.Reason is { } reason) json["reason"] = reason;
        foreach (var (name, reading) in report.Readings) json[name] = ToJson(reading, report.Class.Find(name)?.Unit);
        return json;
    }

    private static JsonObject ToJson(Reading reading, string? unit)
    {
        var json = new JsonObject();
        if (reading.Value is { } value) json["value"] = value.DeepClone();
        if (reading.Value is not null && unit is not null) json["unit"] = unit;
        if (reading.Origin is { } origin) json["origin"] = origin;
        if (reading.Reason is { } reason) json["reason"] = reason;
        return json;
    }

    private void Write(JsonObject json) => output.WriteLine(json.ToJsonString());
}
