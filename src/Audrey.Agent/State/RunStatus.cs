using System.Text.Json.Serialization;

namespace Audrey.Agent.State;

/// <summary>The progress of a run.</summary>
internal enum RunPhase
{
    /// <summary>It looks for user data.</summary>
    Starting = 0,

    /// <summary>It asks the server, or waits before it asks again.</summary>
    Waiting,

    /// <summary>It runs a service.</summary>
    Applying,

    /// <summary>Every service exited with 0.</summary>
    Complete,

    /// <summary>Every service has ended, and at least one failed.</summary>
    Failed,

    /// <summary>It was stopped before it was complete.</summary>
    Stopped,
}

/// <summary>The file <c>status.json</c>. It holds names and times, and never a value.</summary>
internal sealed record RunStatus
{
    public int Format { get; init; } = 1;

    public RunPhase Phase { get; init; }

    /// <summary>The process of the run.</summary>
    public int Pid { get; init; }

    /// <summary>The boot and the start time of that process. They distinguish it from a later process with the same number.</summary>
    public string? ProcessStart { get; init; }

    /// <summary>When the file was written.</summary>
    public DateTimeOffset Written { get; init; }

    /// <summary>The instance's id. Null without a server.</summary>
    public string? Instance { get; init; }

    public string? Endpoint { get; init; }

    /// <summary>The protocol version in use. Null before it is negotiated.</summary>
    public int? Protocol { get; init; }

    /// <summary>What prevents progress at present. Null if nothing does.</summary>
    [JsonPropertyName("trouble")]
    public string? Problem { get; init; }

    /// <summary>Since when.</summary>
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

    /// <summary>What it waits for, one sentence each, as the server words it. Null if the server does not tell.</summary>
    public IReadOnlyList<string>? WaitsFor { get; init; }

    /// <summary>Whether its exit status was reported to the server. Null without a server.</summary>
    public bool? Reported { get; init; }
}

/// <summary>The states of a service.</summary>
internal enum ServiceRunState
{
    /// <summary>Its configuration is not complete.</summary>
    Waiting = 0,

    Running,

    Succeeded,

    Failed,

    /// <summary>The run was stopped while the service was running. The next run runs it again.</summary>
    Interrupted,
}
