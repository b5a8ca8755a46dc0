namespace Audrey.Grains.Tests.Cluster;

/// <summary>The system's time plus an offset that the test advances. Timers are not affected.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _shift;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _shift));

    public override long GetTimestamp() =>
        System.GetTimestamp() + (Volatile.Read(ref _shift) * System.TimestampFrequency / TimeSpan.TicksPerSecond);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _shift, by.Ticks);
}
