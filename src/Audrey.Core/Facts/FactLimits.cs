namespace Audrey.Core.Facts;

/// <summary>The limits for the facts that are kept with one instance.</summary>
public static class FactLimits
{
    /// <summary>Maximum number of classes. The same class of two agents counts twice.</summary>
    public const int MaxClasses = 64;

    /// <summary>Maximum number of facts of a class.</summary>
    public const int MaxFactsPerClass = 256;

    /// <summary>Maximum size of all facts with their names, classes, agents and reasons, in bytes of UTF-8.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Maximum length of the name of an agent, a class or a fact, in characters.</summary>
    public const int MaxNameLength = 255;

    /// <summary>Maximum length of a reason, in characters. A longer one is cut.</summary>
    public const int MaxReasonLength = 1024;

    /// <summary>Maximum depth of lists and maps in a value.</summary>
    public const int MaxDepth = 16;

    /// <summary>
    /// Maximum time by which a reading may be ahead of the cluster's clock. A later time is replaced by the time of arrival. Otherwise a
    /// clock that was wrong once would keep all later readings out.
    /// </summary>
    public static readonly TimeSpan MaxAhead = TimeSpan.FromMinutes(1);

    /// <summary>Minimum interval of heartbeats. A shorter one is treated as this one.</summary>
    public static readonly TimeSpan MinHeartbeatInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Maximum interval of heartbeats. A longer one is treated as this one.</summary>
    public static readonly TimeSpan MaxHeartbeatInterval = TimeSpan.FromHours(1);
}
