namespace Audrey.Protocol.Version3;

/// <summary>Something that happened in a deployable. Which of its members are there depends on its kind; it holds no value and no secret.</summary>
public sealed record Event
{
    /// <summary>Its place among the deployable's events, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>When, in UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>
    /// <c>registered</c>, <c>instance-registered</c>, <c>instance-replaced</c>, <c>first-contact</c>, <c>values-given</c>,
    /// <c>values-changed</c>, <c>configuration-complete</c>, <c>applied</c>, <c>service-started</c>, <c>service-ended</c>,
    /// <c>service-failed</c>, <c>scaled</c>, <c>deadline-missed</c>, <c>instance-ended</c>, <c>deleted</c> or <c>missed</c>; more may be added.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>A sentence for people.</summary>
    public required string Detail { get; init; }

    /// <summary>The instance's UUID.</summary>
    public string? Instance { get; init; }

    /// <summary>The assembly of the instance, or of the group that was scaled.</summary>
    public string? Assembly { get; init; }

    /// <summary>The instance's generation.</summary>
    public long? Generation { get; init; }

    /// <summary>The service.</summary>
    public string? Service { get; init; }

    /// <summary>The service's run, when its guest counts them.</summary>
    public long? Run { get; init; }

    /// <summary>The service's exit status as the guest gave it.</summary>
    public string? ExitStatus { get; init; }

    /// <summary>How long the service took.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>The end of a failed service's output, without secrets.</summary>
    public string? Output { get; init; }

    /// <summary>Names of the values that changed.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>The configuration's revision.</summary>
    public string? Revision { get; init; }

    /// <summary>How many: instances of a launch or a group, or that were not complete in time; events missed.</summary>
    public int? Count { get; init; }

    /// <summary>The guest's address at its first contact.</summary>
    public string? Address { get; init; }

    /// <summary>With <c>instance-ended</c>: how it stood.</summary>
    public EventLastState? Last { get; init; }
}

/// <summary>How an instance stood at its end.</summary>
public sealed record EventLastState
{
    /// <summary><c>incomplete</c>, <c>success</c> or <c>error</c>.</summary>
    public required string Status { get; init; }

    /// <summary>When its guest was last heard of; left out when it never was.</summary>
    public DateTimeOffset? LastContact { get; init; }

    /// <summary>Provided parameters that it never gave.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>Its services.</summary>
    public required IReadOnlyList<EventLastService> Services { get; init; }
}

/// <summary>How a service stood at its instance's end.</summary>
public sealed record EventLastService
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary><c>incomplete</c>, <c>success</c> or <c>error</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Its exit status as the guest gave it; left out when it had not ended.</summary>
    public string? ExitStatus { get; init; }

    /// <summary>How long it took.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>The end of its output if it failed, without secrets.</summary>
    public string? Output { get; init; }

    /// <summary>How many values it still waited for.</summary>
    public required int Waits { get; init; }
}

/// <summary>A page of events.</summary>
public sealed record EventList
{
    /// <summary>The events in the order of their numbers.</summary>
    public required IReadOnlyList<Event> Events { get; init; }

    /// <summary>What to give as <c>after</c> for those that follow.</summary>
    public required long Next { get; init; }

    /// <summary>The number of the newest event there is.</summary>
    public required long Last { get; init; }

    /// <summary>Whether the deployable is deleted, so that nothing follows the newest event.</summary>
    public required bool Ended { get; init; }

    /// <summary>Events before these that are not kept any more; left out when none are missing.</summary>
    public EventGap? Gap { get; init; }
}

/// <summary>Events that were asked for and are not kept any more.</summary>
public sealed record EventGap
{
    /// <summary>The number of the first; left out when the history was erased and its numbers began anew.</summary>
    public long? From { get; init; }

    /// <summary>The number of the last.</summary>
    public long? To { get; init; }

    /// <summary>A sentence for people.</summary>
    public required string Detail { get; init; }
}
