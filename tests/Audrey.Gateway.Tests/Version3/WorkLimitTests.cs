using Audrey.Gateway.Version3;
using Microsoft.Extensions.Time.Testing;

namespace Audrey.Gateway.Tests.Version3;

public sealed class WorkLimitTests
{
    private const int Max = 4000;
    private static readonly TimeSpan Wanted = TimeSpan.FromSeconds(1);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Of_what_takes_four_times_too_long_a_quarter_is_worked_on()
    {
        var limit = Limit();
        Second(limit, took: 4, active: Max);
        Assert.InRange(limit.Now, Max / 4 - 1, Max / 4 + 1);
    }

    [Fact]
    public void What_is_timely_and_needed_gets_more_again_up_to_the_most()
    {
        var limit = Limit();
        Second(limit, took: 4, active: Max);
        Second(limit, took: 0.2, active: 900);
        Assert.InRange(limit.Now, 1500, 1502);
        for (var second = 0; second < 5; second++) Second(limit, took: 0.2, active: Max);
        Assert.Equal(Max, limit.Now);
    }

    [Fact]
    public void What_is_timely_and_not_needed_changes_nothing()
    {
        var limit = Limit();
        Second(limit, took: 4, active: Max);
        var before = limit.Now;
        Second(limit, took: 0.01, active: 3);
        Assert.Equal(before, limit.Now);
    }

    [Fact]
    public void A_few_that_hang_on_something_take_nothing_from_the_others()
    {
        var limit = Limit();
        for (var i = 0; i < 40; i++) limit.Done(TimeSpan.FromSeconds(10), 100);
        for (var i = 0; i < 60; i++) limit.Done(TimeSpan.FromMilliseconds(5), 100);
        _time.Advance(Wanted);
        limit.Done(TimeSpan.FromMilliseconds(5), 100);
        Assert.Equal(Max, limit.Now);
    }

    [Fact]
    public void There_is_always_room_for_some_however_long_they_take()
    {
        var limit = Limit();
        for (var second = 0; second < 5; second++) Second(limit, took: 1000, active: 300);
        Assert.Equal(WorkLimit.Min, limit.Now);
        var small = new WorkLimit(2, Wanted, _time);
        Second(small, took: 1000, active: 2);
        Assert.Equal(2, small.Now);
    }

    private WorkLimit Limit() => new(Max, Wanted, _time);

    private void Second(WorkLimit limit, double took, int active)
    {
        limit.Done(TimeSpan.FromSeconds(took), active);
        _time.Advance(Wanted);
        limit.Done(TimeSpan.FromSeconds(took), active);
    }
}
