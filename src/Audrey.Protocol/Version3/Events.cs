namespace Audrey.Protocol.Version3;

/// <summary>
/// An event of a deployable. The kind of the event determines which members are present. The event contains no value and no secret.
/// </summary>
public sealed record Event
{
    /// <summary>The number of the event in its deployable, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>The time of the event in UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>
    /// <c>registered</c>, <c>instance-registered</c>, <c>instance-replaced</c>, <c>first-contact</c>, <c>values-given</c>,
    /// <c>values-changed</c>, <c>configuration-complete</c>, <c>applied</c>, <c>service-started</c>, <c>service-ended</c>,
    /// <c>service-failed</c>, <c>scaled</c>, <c>deadline-missed</c>, <c>out-of-date</c>, <c>facts-changed</c>, <c>instance-ended</c>,
    /// <c>deleted</c> or <c>missed</c>. More kinds may be added.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>A sentence for human readers.</summary>
    public required string Detail { get; init; }

    /// <summary>The UUID of the instance.</summary>
    public string? Instance { get; init; }

    /// <summary>
    /// The label of the instance. Omitted if the event is about the deployable, or was stored by a server that did not know labels.
    /// </summary>
    public string? Label { get; init; }

    /// <summary>The assembly of the instance or of the scaled group.</summary>
    public string? Assembly { get; init; }

    /// <summary>The generation of the instance.</summary>
    public long? Generation { get; init; }

    /// <summary>The name of the service.</summary>
    public string? Service { get; init; }

    /// <summary>The number of the service's run, if the guest counts runs.</summary>
    public long? Run { get; init; }

    /// <summary>The exit status of the service as the guest reported it.</summary>
    public string? ExitStatus { get; init; }

    /// <summary>The duration of the service's run.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>The last part of the output of the service's run, without secrets.</summary>
    public string? Output { get; init; }

    /// <summary>
    /// The names of the values that changed. With <c>facts-changed</c>, the facts in the form <c>CLASS.PROPERTY</c>, at most 16.
    /// </summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>The revision of the configuration.</summary>
    public string? Revision { get; init; }

    /// <summary>
    /// A number that depends on the kind: the instances in the launch or group, the instances that missed the deadline, the missed events,
    /// or all facts that changed if <c>names</c> has only some of them.
    /// </summary>
    public int? Count { get; init; }

    /// <summary>The address of the guest at its first contact.</summary>
    public string? Address { get; init; }

    /// <summary>
    /// With <c>instance-registered</c> and <c>instance-replaced</c>: the services whose executables or files were left out. Omitted if none
    /// was left out.
    /// </summary>
    public IReadOnlyList<EventServiceProblem>? Problems { get; init; }

    /// <summary>With <c>instance-ended</c>: the last state of the instance.</summary>
    public EventLastState? Last { get; init; }
}

/// <summary>A service that lacks its executable or some of its files.</summary>
public sealed record EventServiceProblem
{
    /// <summary>The name of the service.</summary>
    public required string Service { get; init; }

    /// <summary>The reason.</summary>
    public required string Problem { get; init; }
}

/// <summary>The last state of an instance before it ended.</summary>
public sealed record EventLastState
{
    /// <summary><c>incomplete</c>, <c>success</c> or <c>error</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The time of the last contact with the instance's guest. Omitted if there was no contact.</summary>
    public DateTimeOffset? LastContact { get; init; }

    /// <summary>The provided parameters for which the guest never gave a value.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>The services of the instance.</summary>
    public required IReadOnlyList<EventLastService> Services { get; init; }
}

/// <summary>The last state of a service before its instance ended.</summary>
public sealed record EventLastService
{
    /// <summary>The name of the service.</summary>
    public required string Name { get; init; }

    /// <summary><c>incomplete</c>, <c>success</c> or <c>error</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The exit status of the service as the guest reported it. Omitted if the service had not ended.</summary>
    public string? ExitStatus { get; init; }

    /// <summary>The duration of the service's run.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>The last part of the service's output, without secrets. Omitted unless the service failed.</summary>
    public string? Output { get; init; }

    /// <summary>The number of values that the service still waited for.</summary>
    public required int Waits { get; init; }
}

/// <summary>A page of events.</summary>
public sealed record EventList
{
    /// <summary>The events in the order of their numbers.</summary>
    public required IReadOnlyList<Event> Events { get; init; }

    /// <summary>The value of <c>after</c> for the next page.</summary>
    public required long Next { get; init; }

    /// <summary>The number of the newest event.</summary>
    public required long Last { get; init; }

    /// <summary>Whether the deployable is deleted. If so, no more events follow.</summary>
    public required bool Ended { get; init; }

    /// <summary>The requested events that are no longer kept. Omitted if all requested events are still kept.</summary>
    public EventGap? Gap { get; init; }
}

/// <summary>Requested events that are no longer kept.</summary>
public sealed record EventGap
{
    /// <summary>The number of the first missing event. Omitted if the history was erased and its numbers began again at 1.</summary>
    public long? From { get; init; }

    /// <summary>The number of the last missing event.</summary>
    public long? To { get; init; }

    /// <summary>A sentence for human readers.</summary>
    public required string Detail { get; init; }
}
