using System.Text.Json;

namespace Audrey.Protocol.Version3;

/// <summary>Values of provided parameters: some or all. What is not named stays as it is.</summary>
public sealed record ValuesRequest
{
    /// <summary>The generation that <see cref="Hello"/> told.</summary>
    public long? Generation { get; init; }

    /// <summary>Chosen by the guest, 1 or more, higher than that of its last values. The same request under the same revision may be sent again.</summary>
    public long? Revision { get; init; }

    /// <summary>
    /// By name: a string; a number or true or false, taken as it is written; an array of strings, a line each; or an object
    /// <c>{"base64": "..."}</c> for bytes.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement>? Values { get; init; }
}

/// <summary>What became of values.</summary>
/// <param name="Generation">The instance's generation.</param>
/// <param name="Revision">The revision of the last values taken.</param>
/// <param name="Applied">False if this very request had been taken before.</param>
/// <param name="Missing">The values that the guest is still to give.</param>
public sealed record ValuesAnswer(long Generation, long Revision, bool Applied, IReadOnlyList<string> Missing);

/// <summary>Facts about the guest, for people: all of them, in place of those told before.</summary>
public sealed record FactsRequest
{
    /// <summary>The generation that <see cref="Hello"/> told.</summary>
    public long? Generation { get; init; }

    /// <summary>Up to 64 facts by name; a name has up to 64 characters, a fact up to 1,024.</summary>
    public IReadOnlyDictionary<string, string>? Facts { get; init; }
}

/// <summary>Which revision the guest has applied.</summary>
public sealed record AppliedRequest
{
    /// <summary>The generation that <see cref="Hello"/> told.</summary>
    public long? Generation { get; init; }

    /// <summary>The revision of the configuration.</summary>
    public string? Revision { get; init; }
}

/// <summary>How far a service is.</summary>
public sealed record ServiceRequest
{
    /// <summary>The generation that <see cref="Hello"/> told.</summary>
    public long? Generation { get; init; }

    /// <summary>Counts the guest's attempts at the service, from 1. What is told of an older run is refused.</summary>
    public long? Run { get; init; }

    /// <summary><c>started</c>, <c>progress</c> or <c>ended</c>.</summary>
    public string? State { get; init; }

    /// <summary>What it is doing, for people; up to 256 characters.</summary>
    public string? Message { get; init; }

    /// <summary>With <c>ended</c>: 0 for success, anything else for failure.</summary>
    public int? ExitStatus { get; init; }

    /// <summary>With <c>ended</c>: how long the run took.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>With <c>ended</c>: the end of its output. The last 4 KiB are kept, with the values of secret parameters blotted out.</summary>
    public string? Output { get; init; }
}

/// <summary>Taken, or known already.</summary>
/// <param name="Generation">The instance's generation.</param>
/// <param name="Applied">False if this was known already.</param>
public sealed record Acknowledgement(long Generation, bool Applied);
