using System.Text.Json;

namespace Audrey.Protocol.Version3;

/// <summary>Sets values of provided parameters. Parameters that are not named do not change.</summary>
public sealed record ValuesRequest
{
    /// <summary>The generation from <see cref="Hello"/>.</summary>
    public long? Generation { get; init; }

    /// <summary>
    /// A number of at least 1 that the guest chooses. It must be higher than that of its last values. The same request with the same
    /// revision may be sent again.
    /// </summary>
    public long? Revision { get; init; }

    /// <summary>
    /// The values by name. A value is a string; a number, true or false, which are used as written; an array of strings, one line each; or
    /// an object <c>{"base64": "..."}</c> for bytes.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement>? Values { get; init; }
}

/// <summary>The answer to values.</summary>
/// <param name="Generation">The generation of the instance.</param>
/// <param name="Revision">The revision of the last accepted values.</param>
/// <param name="Applied">False if the same request was accepted before.</param>
/// <param name="Missing">The values that the guest must still give.</param>
public sealed record ValuesAnswer(long Generation, long Revision, bool Applied, IReadOnlyList<string> Missing);

/// <summary>Sets the facts about the guest, for human readers. They replace all facts that were sent before.</summary>
public sealed record FactsRequest
{
    /// <summary>The generation from <see cref="Hello"/>.</summary>
    public long? Generation { get; init; }

    /// <summary>Up to 64 facts by name. A name has up to 64 characters, and a fact up to 1,024.</summary>
    public IReadOnlyDictionary<string, string>? Facts { get; init; }
}

/// <summary>Reports the revision that the guest has applied.</summary>
public sealed record AppliedRequest
{
    /// <summary>The generation from <see cref="Hello"/>.</summary>
    public long? Generation { get; init; }

    /// <summary>The revision of the configuration.</summary>
    public string? Revision { get; init; }
}

/// <summary>Reports the state of a service.</summary>
public sealed record ServiceRequest
{
    /// <summary>The generation from <see cref="Hello"/>.</summary>
    public long? Generation { get; init; }

    /// <summary>The number of the guest's attempt at the service, from 1. Reports of an older run are refused.</summary>
    public long? Run { get; init; }

    /// <summary><c>started</c>, <c>progress</c> or <c>ended</c>.</summary>
    public string? State { get; init; }

    /// <summary>What the service is doing, for human readers. Up to 256 characters.</summary>
    public string? Message { get; init; }

    /// <summary>With <c>ended</c>: 0 for success, anything else for failure.</summary>
    public int? ExitStatus { get; init; }

    /// <summary>With <c>ended</c>: the duration of the run.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>With <c>ended</c>: the end of its output. The last 4 KiB are kept, with the values of secret parameters removed.</summary>
    public string? Output { get; init; }
}

/// <summary>The answer to an accepted report.</summary>
/// <param name="Generation">The generation of the instance.</param>
/// <param name="Applied">False if the same report was accepted before.</param>
public sealed record Acknowledgement(long Generation, bool Applied);
