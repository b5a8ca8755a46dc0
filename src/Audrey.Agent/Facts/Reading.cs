using System.Text.Json.Nodes;

namespace Audrey.Agent.Facts;

/// <summary>A value that was read, or the reason why there is none. A reading is never a guess.</summary>
internal sealed record Reading
{
    private Reading()
    {
    }

    /// <summary>The value. Null if there is none.</summary>
    public JsonNode? Value { get; private init; }

    /// <summary>Where the value is from. Null if this needs no words.</summary>
    public string? Origin { get; private init; }

    /// <summary>The reason why there is no value. Null if there is a value.</summary>
    public string? Reason { get; private init; }

    /// <summary>Whether the machine is in the state that this reading describes. False if the state could not be read.</summary>
    public bool IsKnown { get; private init; }

    public static Reading Of(JsonNode value, string? origin = null) => new() { Value = value, Origin = origin, IsKnown = true };

    /// <summary>It is certain that the machine has no such value.</summary>
    public static Reading None(string reason) => new() { Reason = reason, IsKnown = true };

    /// <summary>The value could not be read.</summary>
    public static Reading Unknown(string reason) => new() { Reason = reason };

    /// <summary>Returns the value as text: a scalar as it is, and a list of scalars with commas. Null if there is no value.</summary>
    public string? ToText() => Value switch
    {
        null => null,
        JsonArray list when list.All(item => item is JsonValue) => string.Join(',', list.Select(item => item!.ToString())),
        JsonValue scalar => scalar.ToString(),
        var other => other.ToJsonString(),
    };
}
