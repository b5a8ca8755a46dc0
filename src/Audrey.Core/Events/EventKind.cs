namespace Audrey.Core.Events;

/// <summary>What happened. The numbers are stored and the names go over the wire: neither is reused.</summary>
public enum EventKind
{
    /// <summary>The deployable came to be.</summary>
    Registered = 1,

    /// <summary>An instance was registered by itself. Those of a launch or a scaling have one event together.</summary>
    InstanceRegistered = 2,

    /// <summary>An instance was registered anew: a new generation.</summary>
    InstanceReplaced = 3,

    /// <summary>The first request of a guest arrived.</summary>
    FirstContact = 4,

    /// <summary>A guest has given everything that it must give.</summary>
    ValuesGiven = 5,

    /// <summary>Values that a guest had given changed after that.</summary>
    ValuesChanged = 6,

    /// <summary>Every service of an instance has all its values, in a revision that is not in the log yet.</summary>
    ConfigurationComplete = 7,

    /// <summary>A guest says which revision it has applied.</summary>
    Applied = 8,

    /// <summary>A service has its configuration or runs.</summary>
    ServiceStarted = 9,

    /// <summary>A service ended with exit status 0.</summary>
    ServiceEnded = 10,

    /// <summary>A service ended with another exit status.</summary>
    ServiceFailed = 11,

    /// <summary>A group grew or shrank.</summary>
    Scaled = 12,

    /// <summary>An instance was deleted, removed or replaced. The event has its last state.</summary>
    InstanceEnded = 13,

    /// <summary>The deployable was deleted.</summary>
    Deleted = 14,

    /// <summary>Some events of an instance were lost because the log could not be reached for long.</summary>
    Missed = 15,

    /// <summary>The deployable was not complete by its deadline.</summary>
    DeadlineMissed = 16,
}

/// <summary>The names of <see cref="EventKind"/> for programs.</summary>
public static class EventKinds
{
    /// <summary>The name, such as <c>service-failed</c>.</summary>
    public static string NameOf(EventKind kind) => kind switch
    {
        EventKind.Registered => "registered",
        EventKind.InstanceRegistered => "instance-registered",
        EventKind.InstanceReplaced => "instance-replaced",
        EventKind.FirstContact => "first-contact",
        EventKind.ValuesGiven => "values-given",
        EventKind.ValuesChanged => "values-changed",
        EventKind.ConfigurationComplete => "configuration-complete",
        EventKind.Applied => "applied",
        EventKind.ServiceStarted => "service-started",
        EventKind.ServiceEnded => "service-ended",
        EventKind.ServiceFailed => "service-failed",
        EventKind.Scaled => "scaled",
        EventKind.InstanceEnded => "instance-ended",
        EventKind.Deleted => "deleted",
        EventKind.DeadlineMissed => "deadline-missed",
        _ => "missed",
    };
}
