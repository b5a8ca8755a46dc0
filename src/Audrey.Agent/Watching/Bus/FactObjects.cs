using System.Text.Json.Nodes;
using Audrey.Agent.Facts;
using Audrey.Bus.Qmf;

namespace Audrey.Agent.Watching.Bus;

/// <summary>Describes the classes of facts as schemas of QMF, and facts as objects.</summary>
internal static class FactObjects
{
    public const string Query = "query", QueriedClass = "Sysconfig";

    private const string Package = "audrey", Unknown = "unknown";

    /// <summary>The severity of a change: a notice.</summary>
    private const int Notice = 5;

    private static readonly QmfSchema Change = new QmfSchema(
        new QmfSchemaId(Package, "Change", IsEvent: true),
        [
            new QmfProperty("class", QmfType.String) { Description = "The class." },
            new QmfProperty("properties", QmfType.List) { Description = "The names of the properties that have changed." },
        ],
        [])
    {
        Description = "Facts of a class have changed.",
    }.WithHash();

    /// <summary>Returns the schemas of the classes and of the event.</summary>
    public static IReadOnlyList<QmfSchema> ToSchemas(IEnumerable<FactClass> classes) => [.. classes.Select(ToSchema), Change];

    /// <summary>Returns the object with the facts of a class. A property without a value is left out, and its reason is in a map.</summary>
    /// <param name="agent">The name of the agent.</param>
    /// <param name="report">The facts.</param>
    /// <param name="time">The time of the reading.</param>
    public static QmfObject ToObject(AgentName agent, ClassReport report, DateTimeOffset time)
    {
        var values = report.Readings.Where(reading => reading.Value.Value is not null)
            .ToDictionary(reading => reading.Key, reading => ToPlain(reading.Value.Value), StringComparer.Ordinal);
        values[Unknown] = report.Readings.Where(reading => reading.Value.Value is null)
            .ToDictionary(reading => reading.Key, reading => (object?)reading.Value.Reason, StringComparer.Ordinal);
        return new QmfObject(values)
        {
            Id = new QmfObjectId(agent.ToString(), report.Class.Name),
            Schema = ToSchema(report.Class).Id,
            UpdatedAt = ToNanoseconds(time),
        };
    }

    /// <summary>Returns the event that says which properties have changed.</summary>
    public static QmfObject ToEvent(FactChange change) => new(new Dictionary<string, object?>
    {
        ["class"] = change.Report.Class.Name,
        ["properties"] = change.Changed.Cast<object?>().ToList(),
    })
    {
        Schema = Change.Id,
        Severity = Notice,
        UpdatedAt = ToNanoseconds(change.Time),
    };

    private static QmfSchema ToSchema(FactClass type) => new QmfSchema(
        new QmfSchemaId(Package, type.Name),
        [
            .. type.Properties.Select(ToProperty),
            new QmfProperty(Unknown, QmfType.Map) { Description = "The reason for each property that has no value." },
        ],
        type.Name == QueriedClass
            ? [new QmfMethod(
                Query,
                [
                    new QmfProperty("name", QmfType.String) { Direction = "I", Description = "The name of a property." },
                    new QmfProperty("value", QmfType.String) { Direction = "O", Description = "The value as text." },
                ])
                {
                    Description = "Reads a property again.",
                }]
            : [])
    {
        Description = type.Open is { } open ? $"{type.Description} {open.Name}: {open.Description}" : type.Description,
    }.WithHash();

    private static QmfProperty ToProperty(FactProperty property) => new(property.Name, property.Type switch
    {
        FactType.Integer => QmfType.Int,
        FactType.Number => QmfType.Float,
        FactType.List => QmfType.List,
        FactType.Map => QmfType.Map,
        _ => QmfType.String,
    })
    {
        Unit = property.Unit ?? "",
        Description = property.Description,
    };

    private static object? ToPlain(JsonNode? node) => node switch
    {
        JsonArray list => list.Select(ToPlain).ToList(),
        JsonObject map => map.ToDictionary(entry => entry.Key, entry => ToPlain(entry.Value), StringComparer.Ordinal),
        JsonValue value when value.TryGetValue<long>(out var number) => number,
        JsonValue value when value.TryGetValue<int>(out var number) => (long)number,
        JsonValue value when value.TryGetValue<double>(out var number) => number,
        JsonValue value when value.TryGetValue<bool>(out var truth) => truth,
        null => null,
        var text => text.ToString(),
    };

    private static ulong ToNanoseconds(DateTimeOffset time) => (ulong)(time - DateTimeOffset.UnixEpoch).Ticks * 100;
}
