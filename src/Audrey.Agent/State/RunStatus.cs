using System.Text.Json.Serialization;

namespace Audrey.Agent.State;

/// <summary>The progress of a run.</summary>
internal enum RunPhase
{
    /// <summary>The run is searching for user data.</summary>
    Starting = 0,

    /// <summary>The run is sending requests to the server, or is waiting before the next request.</summary>
    Waiting,

    /// <summary>The run is running a service.</summary>
    Applying,

    /// <summary>Every service exited with 0.</summary>
    Complete,

    /// <summary>Every service has ended, and at least one failed.</summary>
    Failed,

    /// <summary>The run was stopped before it was complete.</summary>
    Stopped,
}

/// <summary>The file <c>status.json</c>. The file holds names and times, and never a value.</summary>
internal sealed record RunStatus
{
    public int Format { get; init; } = 1;

    public RunPhase Phase { get; init; }

    /// <summary>The process of the run.</summary>
    public int Pid { get; init; }

    /// <summary>
    /// The boot and the start time of that process. These two distinguish the process from a later process with the same number.
    /// </summary>
    public string? ProcessStart { get; init; }

    /// <summary>The machine of the run. Null if an earlier version wrote the file.</summary>
    public MachineIdentity? Machine { get; init; }

    /// <summary>The time at which the file was written.</summary>
    public DateTimeOffset Written { get; init; }

    /// <summary>The instance's id. Null without a server.</summary>
    public string? Instance { get; init; }

    public string? Endpoint { get; init; }

    /// <summary>The protocol version in use. Null before the version is negotiated.</summary>
    public int? Protocol { get; init; }

    /// <summary>The problem that currently prevents progress. Null if there is no problem.</summary>
    [JsonPropertyName("trouble")]
    public string? Problem { get; init; }

    /// <summary>The time at which the problem started.</summary>
    [JsonPropertyName("troubleSince")]
    public DateTimeOffset? ProblemSince { get; init; }

    public DateTimeOffset? NextAttempt { get; init; }

    /// <summary>The names of requested values that this machine does not know.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <summary>The names of values that the server rejected.</summary>
    public IReadOnlyList<string> Refused { get; init; } = [];

    public IReadOnlyList<ServiceRunStatus> Services { get; init; } = [];
}

/// <summary>The progress of a service.</summary>
internal sealed record ServiceRunStatus
{
    public required string Name { get; init; }

    public required ServiceRunState State { get; init; }

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Ended { get; init; }

    public int? ExitStatus { get; init; }

    public string? Problem { get; init; }

    /// <summary>
    /// The reasons why the service waits, in the server's words, one sentence each. Null if the server does not provide the reasons.
    /// </summary>
    public IReadOnlyList<string>? WaitsFor { get; init; }

    /// <summary>The processes that the service left running when it ended. Null if there were none.</summary>
    public IReadOnlyList<LeftProcess>? LeftRunning { get; init; }

    /// <summary>Whether the service's exit status was reported to the server. Null without a server.</summary>
    public bool? Reported { get; init; }
}

/// <summary>The states of a service.</summary>
internal enum ServiceRunState
{
    /// <summary>The configuration of the service is not complete.</summary>
    Waiting = 0,

    Running,

    Succeeded,

    Failed,

    /// <summary>The run was stopped while the service was running. The next run runs the service again.</summary>
    Interrupted,
}
