using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Audrey.Core.Facts;
using Audrey.Core.Ids;

namespace Audrey.Core.Statuses;

/// <summary>The facts about the machine of one instance, as the agents on it have reported them.</summary>
public sealed record FactsStatus
{
    /// <summary>The instance's UUID.</summary>
    [JsonConverter(typeof(StatusConverters.InstanceIdConverter))]
    public required InstanceId Instance { get; init; }

    /// <summary>The label of the instance, or its UUID if it has no label.</summary>
    public required string Label { get; init; }

    /// <summary>The deployable that the instance belongs to.</summary>
    [JsonConverter(typeof(StatusConverters.DeployableIdConverter))]
    public required DeployableId Deployable { get; init; }

    /// <summary>The generation of the instance. The facts belong to it.</summary>
    public required long Generation { get; init; }

    /// <summary>
    /// The time of the last heartbeat of an agent, if the agents have sent heartbeats and then none for three intervals. Otherwise omitted.
    /// </summary>
    public DateTimeOffset? SilentSince { get; init; }

    /// <summary>The classes, ordered by class and agent.</summary>
    public required ImmutableArray<FactClassStatus> Classes { get; init; }

    internal static FactsStatus From(KeptFacts kept) => new()
    {
        Instance = kept.Instance,
        Label = kept.Label ?? kept.Instance.Value,
        Deployable = kept.Deployable,
        Generation = kept.Generation,
        SilentSince = kept.SilentSince,
        Classes =
        [
            .. kept.Reports.OrderBy(report => report.Class, StringComparer.Ordinal)
                .ThenBy(report => report.Agent, StringComparer.Ordinal).Select(FactClassStatus.From),
        ],
    };
}

/// <summary>The facts of one class as one agent has read them.</summary>
public sealed record FactClassStatus
{
    /// <summary>The class, such as <c>Sysconfig</c>.</summary>
    public required string Class { get; init; }

    /// <summary>The name of the agent. The guest itself is <c>audrey:guest:UUID</c>.</summary>
    public required string Agent { get; init; }

    /// <summary>The time of the reading, by the clock of the machine.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The values by the names of the facts.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Values { get; init; }

    /// <summary>The facts without a value, each with the reason. A secret value is not shown.</summary>
    public required IReadOnlyDictionary<string, string> Unknown { get; init; }

    internal static FactClassStatus From(FactReport report) => new()
    {
        Class = report.Class,
        Agent = report.Agent,
        Time = report.At,
        Values = new OrderedDictionary<string, JsonElement>(
            from fact in report.Facts
            where fact.Value is not null
            select KeyValuePair.Create(fact.Name, JsonElement.Parse(fact.Value!))),
        Unknown = new OrderedDictionary<string, string>(
            from fact in report.Facts
            where fact.Value is null
            select KeyValuePair.Create(fact.Name, fact.Reason ?? "")),
    };
}
