namespace Audrey.Agent.State;

/// <summary>Where a run stands.</summary>
internal enum Phase
{
    /// <summary>It looks for user data.</summary>
    Starting = 0,

    /// <summary>It asks the server, or waits to ask again.</summary>
    Waiting,

    /// <summary>It runs a service.</summary>
    Applying,

    /// <summary>Every service ended with 0.</summary>
    Complete,

    /// <summary>Every service has ended, one at least with another status than 0.</summary>
    Failed,

    /// <summary>It was stopped before it was complete.</summary>
    Stopped,
}

/// <summary>The status file: names and times, never a value.</summary>
internal sealed record StatusDocument
{
    public int Format { get; init; } = 1;

    public Phase Phase { get; init; }

    /// <summary>The process of the run.</summary>
    public int Pid { get; init; }

    /// <summary>When this was written.</summary>
    public DateTimeOffset Written { get; init; }

    /// <summary>The instance's UUID; null without a server.</summary>
    public string? Instance { get; init; }

    public string? Endpoint { get; init; }

    /// <summary>The version of the protocol that is spoken; null before one is.</summary>
    public int? Protocol { get; init; }

    /// <summary>What is in the way at present; null if nothing is.</summary>
    public string? Trouble { get; init; }

    /// <summary>When the trouble began.</summary>
    public DateTimeOffset? TroubleSince { get; init; }

    public DateTimeOffset? NextAttempt { get; init; }

    /// <summary>Values that are asked for and that nothing here knows.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <summary>Values that the server refuses.</summary>
    public IReadOnlyList<string> Refused { get; init; } = [];

    public IReadOnlyList<ServiceStatus> Services { get; init; } = [];
}

/// <summary>Where a service stands.</summary>
internal sealed record ServiceStatus
{
    public required string Name { get; init; }

    public required ServiceState State { get; init; }

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Ended { get; init; }

    public int? ExitStatus { get; init; }

    public string? Problem { get; init; }

    /// <summary>What it waits for, a sentence each, as the server says it; null where nothing is said.</summary>
    public IReadOnlyList<string>? WaitsFor { get; init; }

    /// <summary>Whether the server has been told its exit status; null without a server.</summary>
    public bool? Reported { get; init; }
}

/// <summary>The states of a service.</summary>
internal enum ServiceState
{
    /// <summary>Its configuration is not complete.</summary>
    Waiting = 0,

    Running,

    Succeeded,

    Failed,
}
