using System.Text.Json.Serialization;

namespace Audrey.Agent.State;

/// <summary>The data that is kept across runs and reboots, in the file <c>journal.json</c>.</summary>
internal sealed record JournalDocument
{
    public int Format { get; init; } = 1;

    /// <summary>
    /// A digest that identifies the instance. If an image was copied with its journal, the new instance starts with an empty journal.
    /// </summary>
    public required string Identity { get; init; }

    public Dictionary<string, ServiceRecord> Services { get; init; } = [];

    /// <summary>The values that scripts of services provided, in base64, by name.</summary>
    public Dictionary<string, string> Provided { get; init; } = [];

    /// <summary>The last values that were sent under a number. Null if no values were sent.</summary>
    public NumberedValues? Values { get; init; }
}

/// <summary>Values that were sent under a number.</summary>
/// <param name="Number">The number.</param>
/// <param name="Digest">A digest that does not reveal the values.</param>
/// <param name="IsAccepted">Whether the server is known to have accepted them.</param>
internal sealed record NumberedValues(
    [property: JsonPropertyName("revision")] long Number,
    string Digest,
    [property: JsonPropertyName("taken")] bool IsAccepted);

/// <summary>The last run of a service.</summary>
internal sealed record ServiceRecord
{
    /// <summary>A digest of the configuration and files of the run.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The number of the run. It is 0 in a journal that was written before runs were counted.</summary>
    public long Run { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>When the run ended. Null if the run was interrupted. The service is then run again.</summary>
    public DateTimeOffset? Ended { get; init; }

    public int? ExitStatus { get; init; }

    /// <summary>A description of the failure, in addition to the exit status. Null if there was no failure.</summary>
    public string? Problem { get; init; }

    /// <summary>
    /// Whether the output may quote values in a form that cannot be recognised and masked. Such output is not sent to the server.
    /// </summary>
    public bool OutputMayQuote { get; init; }
}
