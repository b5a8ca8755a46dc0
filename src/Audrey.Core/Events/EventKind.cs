namespace Audrey.Core.Events;

/// <summary>
/// The kind of an event. The numbers are stored, and the names are sent over the wire. So a number or a name is never reused.
/// </summary>
public enum EventKind
{
    /// <summary>The deployable was created.</summary>
    Registered = 1,

    /// <summary>An instance was registered individually. All instances of a launch or a scaling share another event.</summary>
    InstanceRegistered = 2,

    /// <summary>An instance was registered again and has a new generation.</summary>
    InstanceReplaced = 3,

    /// <summary>The first request of a guest arrived.</summary>
    FirstContact = 4,

    /// <summary>A guest has provided all values that it must provide.</summary>
    ValuesGiven = 5,

    /// <summary>Values changed after the guest had provided them.</summary>
    ValuesChanged = 6,

    /// <summary>
    /// Every service of an instance has all its values. The event is not appended again while the configuration revision stays the same.
    /// </summary>
    ConfigurationComplete = 7,

    /// <summary>A guest reports the configuration revision that it has applied.</summary>
    Applied = 8,

    /// <summary>A service received its configuration or started.</summary>
    ServiceStarted = 9,

    /// <summary>A service ended with exit status 0.</summary>
    ServiceEnded = 10,

    /// <summary>A service ended with an exit status other than 0.</summary>
    ServiceFailed = 11,

    /// <summary>A group grew or shrank.</summary>
    Scaled = 12,

    /// <summary>An instance was deleted, removed or replaced. The event contains its last state.</summary>
    InstanceEnded = 13,

    /// <summary>The deployable was deleted.</summary>
    Deleted = 14,

    /// <summary>Some events of an instance were lost because the log was unreachable for a long time.</summary>
    Missed = 15,

    /// <summary>The deployable was not complete by its deadline.</summary>
    DeadlineMissed = 16,

    /// <summary>A guest has applied an earlier revision of its configuration than the newest one.</summary>
    OutOfDate = 17,

    /// <summary>Facts about the machine of an instance changed.</summary>
    FactsChanged = 18,
}

/// <summary>The names of <see cref="EventKind"/> for programs.</summary>
public static class EventKinds
{
    /// <summary>Returns the name, such as <c>service-failed</c>.</summary>
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
        EventKind.OutOfDate => "out-of-date",
        EventKind.FactsChanged => "facts-changed",
        _ => "missed",
    };
}
