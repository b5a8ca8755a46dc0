using Audrey.Abstractions.Resilience;
using Microsoft.Extensions.Time.Testing;

namespace Audrey.Grains.Tests.Resilience;

public sealed class RetryPolicyTests
{
    private static readonly RetryPolicy Policy = new() { FirstDelay = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromSeconds(5) };

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Delays_double_up_to_the_maximum()
    {
        var retries = Policy.Begin(_time);

        Assert.Equal([1, 2, 4, 5, 5], DelaysOf(retries, 5).Select(delay => delay.TotalSeconds));
    }

    [Fact]
    public void After_a_long_series_of_failures_the_delay_stays_at_the_maximum() =>
        Assert.Equal(Policy.MaxDelay, DelaysOf(Policy.Begin(_time), 200)[^1]);

    [Fact]
    public void After_a_success_the_delays_begin_again_with_the_first_one()
    {
        var retries = Policy.Begin(_time);
        NextDelay(retries);
        NextDelay(retries);

        retries.Reset();

        Assert.Equal(Policy.FirstDelay, NextDelay(retries));
    }

    [Fact]
    public void Jitter_shortens_a_delay_by_at_most_the_configured_fraction()
    {
        var jittered = Policy with { Jitter = 0.5 };

        var delays = Enumerable.Range(0, 200).Select(_ => NextDelay(jittered.Begin(_time))).ToArray();

        Assert.All(delays, delay => Assert.InRange(delay, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1)));
        Assert.True(delays.Distinct().Count() > 1);
    }

    [Fact]
    public void The_last_call_is_not_followed_by_a_delay()
    {
        var retries = (Policy with { MaxCalls = 2 }).Begin(_time);

        Assert.True(retries.TryNext(out _));
        Assert.False(retries.TryNext(out _));
    }

    [Fact]
    public void A_delay_that_would_end_after_the_deadline_is_refused()
    {
        var retries = (Policy with { Deadline = TimeSpan.FromSeconds(2.5) }).Begin(_time);

        Assert.True(retries.TryNext(out _));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.FromSeconds(1.5), retries.Remaining);
        Assert.False(retries.TryNext(out _));
    }

    [Fact]
    public void The_time_of_a_first_call_that_was_made_without_the_policy_counts_towards_the_deadline()
    {
        var start = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(2));

        var retries = (Policy with { Deadline = TimeSpan.FromSeconds(2.5) }).Begin(_time, start);

        Assert.False(retries.TryNext(out _));
    }

    [Fact]
    public async Task A_wait_ends_after_its_delay()
    {
        var wait = Policy.Begin(_time).Wait();
        Assert.False(wait.IsCompleted);

        _time.Advance(Policy.FirstDelay);

        Assert.True(await wait);
    }

    [Fact]
    public async Task A_cancelled_wait_ends_immediately_without_another_call()
    {
        using var stop = new CancellationTokenSource();
        var wait = Policy.Begin(_time).Wait(stop.Token);

        await stop.CancelAsync();

        Assert.False(await wait);
    }

    private static TimeSpan NextDelay(Retries retries) =>
        retries.TryNext(out var delay) ? delay : throw new InvalidOperationException("no further call");

    private static TimeSpan[] DelaysOf(Retries retries, int failures) => [.. Enumerable.Range(0, failures).Select(_ => NextDelay(retries))];
}
