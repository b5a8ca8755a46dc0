using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Audrey.Protocol.Version3;

/// <summary>The configuration of an instance's services.</summary>
public sealed record Configuration
{
    /// <summary>Names what a guest would act upon: the values of complete services and what has failed. Opaque; the same after a restart of the server.</summary>
    [JsonPropertyOrder(-1)]
    public required string Revision { get; init; }

    /// <summary>Which registration this is.</summary>
    public required long Generation { get; init; }

    /// <summary>Whether every service has every value.</summary>
    public required bool Complete { get; init; }

    /// <summary>The services, in order.</summary>
    public required IReadOnlyList<ServiceConfiguration> Services { get; init; }
}

/// <summary>The configuration of one service.</summary>
public sealed record ServiceConfiguration
{
    /// <summary>The service's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether every value is there.</summary>
    public required bool Complete { get; init; }

    /// <summary>The values that are there: given ones, then references to parameters, then references to services.</summary>
    public required IReadOnlyList<Parameter> Parameters { get; init; }

    /// <summary>The values that are not there, and why.</summary>
    public IReadOnlyList<MissingParameter>? Missing { get; init; }

    /// <summary>The services that this one waited for and that ended with an exit status other than 0: the guest goes on or stops, as it is made.</summary>
    public IReadOnlyList<FailedService>? Failed { get; init; }
}

/// <summary>A required parameter that has a value.</summary>
public sealed record Parameter
{
    /// <summary>The parameter's name.</summary>
    public required string Name { get; init; }

    /// <summary><c>text</c>, <c>integer</c>, <c>boolean</c> or <c>list</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The value: a string, a number, true or false, or an array of strings. Null when it is no text: then see <see cref="Base64"/>.</summary>
    public JsonNode? Value { get; init; }

    /// <summary>The value's bytes in base64, when they are not UTF-8.</summary>
    public string? Base64 { get; init; }

    /// <summary>Why the value is not of its type and stands here as text; null when it is.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether the value must be shown to nobody. Left out when it may be.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Secret { get; init; }
}

/// <summary>A required parameter without a value: for what it waits, from whom and since when.</summary>
public sealed record MissingParameter
{
    /// <summary>The parameter's name.</summary>
    public required string Name { get; init; }

    /// <summary><c>not-given-yet</c>, <c>provider-unknown</c>, <c>not-declared</c> or <c>waits-for-itself</c>; of the last two nothing will ever come.</summary>
    public required string Reason { get; init; }

    /// <summary>The same as a sentence, for people.</summary>
    public required string Detail { get; init; }

    /// <summary>Since when it is missing.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary><c>parameter</c>: a value that the provider gives; <c>service</c>: the end of one of its services.</summary>
    public required string Kind { get; init; }

    /// <summary>The name of that parameter or service.</summary>
    public required string Of { get; init; }

    /// <summary>Who gives it.</summary>
    public required ValueProvider Provider { get; init; }

    /// <summary>When the parameter refers to a group: how it stands with that. Each member that is missing is told by itself.</summary>
    public MissingGroup? Group { get; init; }
}

/// <summary>A group that a parameter waits for.</summary>
/// <param name="Name">The group's assembly.</param>
/// <param name="Given">How many of its instances have given their value.</param>
/// <param name="Needed">How many must have.</param>
/// <param name="Size">How many instances it has.</param>
public sealed record MissingGroup(string Name, int Given, int Needed, int Size);

/// <summary>Who gives a value.</summary>
public sealed record ValueProvider
{
    /// <summary>UUID of the instance.</summary>
    public required string Instance { get; init; }

    /// <summary>Its assembly's name; left out while that is not known.</summary>
    public string? Assembly { get; init; }

    /// <summary>When its guest was first heard of; left out: never, or not known.</summary>
    public DateTimeOffset? FirstContact { get; init; }

    /// <summary>When its guest was last heard of; left out: never, or not known.</summary>
    public DateTimeOffset? LastContact { get; init; }

    /// <summary>Its services that have failed: perhaps why the value does not come.</summary>
    public IReadOnlyList<FailedService>? Failed { get; init; }
}

/// <summary>A service that ended with an exit status other than 0.</summary>
/// <param name="Instance">UUID of its instance.</param>
/// <param name="Service">Its name.</param>
/// <param name="ExitStatus">The exit status as its guest gave it.</param>
public sealed record FailedService(string Instance, string Service, string ExitStatus);
