namespace Audrey.Agent.Watching;

/// <summary>The times of the watch.</summary>
internal sealed record WatchTiming
{
    /// <summary>A class is read when no sign has come for this time. So several changes that belong together cause one reading.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The maximum time between the first sign and the reading.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The time after a sign until the first glance. It doubles with each glance.</summary>
    public TimeSpan FirstGlance { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The maximum time between two glances.</summary>
    public TimeSpan MaxGlance { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>While the time between two glances is shorter than this, further signs do not shorten it.</summary>
    public TimeSpan HurriedGlance { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After a reading, a class rests for this multiple of the time that the reading took.</summary>
    public int Rest { get; init; } = 4;
}
