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

    /// <summary>The machine of the journal. Null in a journal that an earlier version wrote.</summary>
    public MachineIdentity? Machine { get; init; }

    public Dictionary<string, ServiceRecord> Services { get; init; } = [];

    /// <summary>The values that scripts of services provided, in base64, by name.</summary>
    public Dictionary<string, string> Provided { get; init; } = [];

    /// <summary>Digests of the facts that the server has accepted, by name.</summary>
    public Dictionary<string, string>? Given { get; init; } = [];

    /// <summary>
    /// The values of the guest's own facts that the server has accepted, by name. Only facts that are not secret. Null in a journal that an
    /// earlier version wrote.
    /// </summary>
    public Dictionary<string, string>? Reported { get; init; } = [];

    /// <summary>
    /// The names of the values that the server has requested with protocol version 2. Null in a journal that an earlier version wrote.
    /// </summary>
    public HashSet<string>? Requested { get; init; } = [];

    /// <summary>The last values that were sent under a number. Null if no values were sent.</summary>
    public NumberedValues? Values { get; init; }
}

/// <summary>Values that were sent under a number.</summary>
/// <param name="Number">The number.</param>
/// <param name="Digest">A digest that does not reveal the values.</param>
/// <param name="IsAccepted">Whether the server is known to have accepted the values.</param>
internal sealed record NumberedValues(
    [property: JsonPropertyName("revision")] long Number,
    string Digest,
    [property: JsonPropertyName("taken")] bool IsAccepted);

/// <summary>The last run of a service.</summary>
internal sealed record ServiceRecord
{
    /// <summary>A digest of the configuration and files of the run.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The number of the run. The number is 0 in a journal that was written before runs were counted.</summary>
    public long Run { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>The time at which the run ended. Null if the run was interrupted. The service is then run again.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>
    /// The duration of the run by the monotonic clock. Null if the run has not ended, or if an earlier version wrote the record.
    /// </summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>
    /// The number of the attempt with this configuration. It is higher than 1 if earlier attempts were interrupted or waited for a reboot.
    /// </summary>
    public int Attempt { get; init; } = 1;

    /// <summary>
    /// The boot in which the service asked for a reboot. Null if it asked for none. The service is run again after the reboot.
    /// </summary>
    public string? RebootFrom { get; init; }

    public int? ExitStatus { get; init; }

    /// <summary>The processes that the service left running when it ended. Null if there were none.</summary>
    public IReadOnlyList<LeftProcess>? LeftRunning { get; init; }

    /// <summary>A description of the failure, in addition to the exit status. Null if there was no failure.</summary>
    public string? Problem { get; init; }

    /// <summary>
    /// Whether the output may quote values in a form that cannot be recognised and masked. Such output is not sent to the server.
    /// </summary>
    public bool OutputMayQuote { get; init; }
}

/// <summary>A process that a service left running.</summary>
/// <param name="Pid">The number of the process.</param>
/// <param name="Start">The boot and the start time, which distinguish it from a later process with the same number.</param>
/// <param name="Name">The name of its program.</param>
internal sealed record LeftProcess(int Pid, string? Start, string Name);
