namespace Audrey.Core.Facts;

/// <summary>
/// The heartbeats of the agents on the machine of one instance. They are kept in memory only. The instance is silent when three intervals
/// of the last heartbeat have passed without another one. Uptimes are of a clock that only rises.
/// </summary>
public sealed class AgentHeartbeats
{
    private const int MissedHeartbeats = 3;

    private TimeSpan _last;
    private TimeSpan? _silentAt;

    /// <summary>
    /// The time of the last heartbeat if the instance is silent, else null. If this activation has received none, the time at which it
    /// began to wait for one.
    /// </summary>
    public DateTimeOffset? SilentSince { get; private set; }

    /// <summary>Called at a heartbeat, and when the wait for one begins. Returns whether the instance was silent.</summary>
    /// <param name="interval">The interval, of which there are bounds in <see cref="FactLimits"/>.</param>
    /// <param name="uptime">The current uptime.</param>
    internal bool Beat(TimeSpan interval, TimeSpan uptime)
    {
        var wasSilent = SilentSince is not null;
        (_last, _silentAt, SilentSince) = (uptime, uptime + (MissedHeartbeats * interval), null);
        return wasSilent;
    }

    /// <summary>Looks whether the instance has become silent.</summary>
    /// <param name="interval">The durable interval. If there is one and this activation has received no heartbeat, the wait begins.</param>
    /// <param name="now">The current time.</param>
    /// <param name="uptime">The current uptime.</param>
    internal void Check(TimeSpan? interval, DateTimeOffset now, TimeSpan uptime)
    {
        if (_silentAt is null && interval is { } known) Beat(known, uptime);
        if (uptime >= _silentAt) SilentSince ??= now - (uptime - _last);
    }

    /// <summary>
    /// Returns the time after which the instance becomes silent without another heartbeat. Null if it is silent, or waits for none.
    /// </summary>
    public TimeSpan? RemainingAt(TimeSpan uptime) =>
        SilentSince is null && _silentAt is { } at ? TimeSpan.FromTicks(Math.Max(0, (at - uptime).Ticks)) : null;
}
