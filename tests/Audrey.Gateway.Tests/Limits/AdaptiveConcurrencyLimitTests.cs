using Audrey.Gateway.Limits;
using Microsoft.Extensions.Time.Testing;

namespace Audrey.Gateway.Tests.Limits;

public sealed class AdaptiveConcurrencyLimitTests
{
    private const int Max = 4000;
    private static readonly TimeSpan Wanted = TimeSpan.FromSeconds(1);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void When_requests_take_four_times_the_target_the_limit_falls_to_a_quarter()
    {
        var limit = Limit();
        Second(limit, took: 4, active: Max);
        Assert.InRange(limit.Current, Max / 4 - 1, Max / 4 + 1);
    }

    [Fact]
    public void The_limit_increases_to_its_maximum_while_requests_are_answered_in_time_and_others_wait()
    {
        var limit = Limit();
        Second(limit, took: 4, active: Max);
        Second(limit, took: 0.2, active: 900);
        Assert.InRange(limit.Current, 1500, 1502);
        for (var second = 0; second < 5; second++) Second(limit, took: 0.2, active: Max);
        Assert.Equal(Max, limit.Current);
    }

    [Fact]
    public void The_limit_does_not_increase_while_no_requests_wait()
    {
        var limit = Limit();
        Second(limit, took: 4, active: Max);
        var before = limit.Current;
        Second(limit, took: 0.01, active: 3);
        Assert.Equal(before, limit.Current);
    }

    [Fact]
    public void A_few_late_requests_do_not_lower_the_limit()
    {
        var limit = Limit();
        for (var i = 0; i < 40; i++) limit.RecordDone(TimeSpan.FromSeconds(10), 100);
        for (var i = 0; i < 60; i++) limit.RecordDone(TimeSpan.FromMilliseconds(5), 100);
        _time.Advance(Wanted);
        limit.RecordDone(TimeSpan.FromMilliseconds(5), 100);
        Assert.Equal(Max, limit.Current);
    }

    [Fact]
    public void The_limit_does_not_fall_below_its_minimum()
    {
        var limit = Limit();
        for (var second = 0; second < 5; second++) Second(limit, took: 1000, active: 300);
        Assert.Equal(AdaptiveConcurrencyLimit.Min, limit.Current);
        var small = new AdaptiveConcurrencyLimit(2, Wanted, _time);
        Second(small, took: 1000, active: 2);
        Assert.Equal(2, small.Current);
    }

    private AdaptiveConcurrencyLimit Limit() => new(Max, Wanted, _time);

    private void Second(AdaptiveConcurrencyLimit limit, double took, int active)
    {
        limit.RecordDone(TimeSpan.FromSeconds(took), active);
        _time.Advance(Wanted);
        limit.RecordDone(TimeSpan.FromSeconds(took), active);
    }
}
