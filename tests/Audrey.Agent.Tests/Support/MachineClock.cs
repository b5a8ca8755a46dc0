using Microsoft.Extensions.Time.Testing;

namespace Audrey.Agent.Tests.Support;

/// <summary>
/// Simulated time. The wall clock can be set, as an administrator or NTP does. The monotonic clock is not affected.
/// </summary>
internal sealed class MachineClock() : FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
{
    private TimeSpan _offset;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _offset;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    public void SetBack(TimeSpan duration) => _offset -= duration;
}
