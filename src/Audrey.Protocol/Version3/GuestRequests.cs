using System.Text.Json;

namespace Audrey.Protocol.Version3;

/// <summary>A request to set values of provided parameters. Parameters that are not in the request do not change.</summary>
public sealed record ValuesRequest
{
    /// <summary>The generation from <see cref="Hello"/>.</summary>
    public long? Generation { get; init; }

    /// <summary>
    /// A number of at least 1 that the guest chooses. The number must be higher than that of the guest's previous values. To repeat a
    /// request, send the same content with the same number.
    /// </summary>
    public long? Revision { get; init; }

    /// <summary>
    /// The values by name. A value is a string, a number, true, false, an array of strings, or an object <c>{"base64": "..."}</c> for
    /// bytes. Numbers, true and false are used as written. An array becomes text with one line for each string.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement>? Values { get; init; }
}

/// <summary>The answer to values.</summary>
/// <param name="Generation">The generation of the instance.</param>
/// <param name="Revision">The revision of the last accepted values.</param>
/// <param name="Applied">False if the same request was already accepted.</param>
/// <param name="Missing">The values that the guest must still give.</param>
public sealed record ValuesAnswer(long Generation, long Revision, bool Applied, IReadOnlyList<string> Missing);

/// <summary>
/// A request to set the facts about the guest, which are for human readers. The facts replace all facts that were sent before.
/// </summary>
public sealed record FactsRequest
{
    /// <summary>The generation from <see cref="Hello"/>.</summary>
    public long? Generation { get; init; }

    /// <summary>Up to 64 facts by name. A name has up to 64 characters, and a fact has up to 1,024 characters.</summary>
    public IReadOnlyDictionary<string, string>? Facts { get; init; }
}

/// <summary>A report of the configuration revision that the guest has applied.</summary>
public sealed record AppliedRequest
{
    /// <summary>The generation from <see cref="Hello"/>.</summary>
    public long? Generation { get; init; }

    /// <summary>The revision of the configuration.</summary>
    public string? Revision { get; init; }
}

/// <summary>A report of the state of a service.</summary>
public sealed record ServiceRequest
{
    /// <summary>The generation from <see cref="Hello"/>.</summary>
    public long? Generation { get; init; }

    /// <summary>The number of the guest's attempt at the service, from 1. Reports of an older run are refused.</summary>
    public long? Run { get; init; }

    /// <summary><c>started</c>, <c>progress</c> or <c>ended</c>.</summary>
    public string? State { get; init; }

    /// <summary>A message about the service's current activity, for human readers, with up to 256 characters.</summary>
    public string? Message { get; init; }

    /// <summary>With <c>ended</c>: the exit status. 0 means success, and any other number means failure.</summary>
    public int? ExitStatus { get; init; }

    /// <summary>With <c>ended</c>: the duration of the run.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>
    /// With <c>ended</c>: the last part of the service's output. The server keeps the last 4 KiB and removes the values of secret
    /// parameters.
    /// </summary>
    public string? Output { get; init; }
}

/// <summary>The answer to an accepted report.</summary>
/// <param name="Generation">The generation of the instance.</param>
/// <param name="Applied">False if the same report was already accepted.</param>
public sealed record Acknowledgement(long Generation, bool Applied);
