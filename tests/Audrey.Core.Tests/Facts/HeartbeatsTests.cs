using Audrey.Core.Instances;

namespace Audrey.Core.Tests.Facts;

public sealed class HeartbeatsTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly ObservedInstance _db = new();

    [Fact]
    public void An_instance_is_silent_after_three_intervals_of_the_last_heartbeat()
    {
        FactCommands.Hear(_db.Served, Interval, At(0));
        FactCommands.Hear(_db.Served, Interval, At(5));

        Assert.False(IsSilentAt(34.9));
        Assert.True(IsSilentAt(35));
        Assert.Equal(ObservedInstance.Start.AddSeconds(5), _db.Served.Heartbeats.SilentSince);
        Assert.True(_db.Served.Report().SilentSince is not null && InstanceTally.Of(_db.Served).IsSilent);

        Assert.True(FactCommands.Hear(_db.Served, Interval, At(36)).WasSilent);
        Assert.Null(_db.Served.Heartbeats.SilentSince);
        Assert.False(IsSilentAt(65.9));
    }

    [Fact]
    public void An_instance_without_agents_is_never_silent() => Assert.False(IsSilentAt(1e6));

    [Fact]
    public void Only_the_first_heartbeat_must_be_written()
    {
        Assert.True(FactCommands.Hear(_db.Served, Interval, At(0)).IsFirst);
        Assert.Equal(TimeSpan.FromSeconds(20), _db.Served.Heartbeats.RemainingAt(At(10)));
    }

    private bool IsSilentAt(double seconds) =>
        FactCommands.CheckSilence(_db.Served, ObservedInstance.Start.AddSeconds(seconds), At(seconds))
        || _db.Served.Heartbeats.SilentSince is not null;

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(100 + seconds);
}
