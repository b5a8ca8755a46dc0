using Audrey.Grains.Liveness;
using Audrey.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;

namespace Audrey.Grains.Tests.Liveness;

public sealed class ReadLeaseTests
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _clock = new();
    private readonly TableDouble _table = new();
    private readonly ReadLease _lease;

    public ReadLeaseTests() => _lease = new(_table, _clock, Length, NullLogger<ReadLease>.Instance);

    [Fact]
    public async Task While_the_lease_is_held_answers_need_no_reading()
    {
        _lease.Extend(_clock.GetTimestamp());
        _clock.Advance(Length - TimeSpan.FromMilliseconds(1));

        await _lease.Confirm();
        Assert.Equal(0, _table.Readings);
    }

    [Fact]
    public void The_lease_lasts_from_the_moment_at_which_the_evidence_was_requested()
    {
        var asked = _clock.GetTimestamp();
        _clock.Advance(Length);

        _lease.Extend(asked);

        Assert.False(_lease.IsHeld);
    }

    [Fact]
    public void Older_evidence_does_not_shorten_the_lease()
    {
        var older = _clock.GetTimestamp();
        _clock.Advance(Length);
        _lease.Extend(_clock.GetTimestamp());

        _lease.Extend(older);

        Assert.True(_lease.IsHeld);
    }

    [Fact]
    public async Task Without_the_lease_each_answer_waits_for_a_reading_that_begins_after_the_call()
    {
        var first = _lease.Confirm().AsTask();
        await _table.Began(1);
        var second = _lease.Confirm().AsTask();
        var third = _lease.Confirm().AsTask();

        _table.Answer(isAlive: true);
        await first;
        Assert.False(second.IsCompleted);
        await _table.Began(2);
        _table.Answer(isAlive: true);
        await Task.WhenAll(second, third);

        Assert.Equal(2, _table.Readings);
        Assert.False(_lease.IsHeld);
    }

    [Fact]
    public async Task A_silo_that_was_declared_dead_answers_nothing_and_leaves()
    {
        var answer = _lease.Confirm().AsTask();
        await _table.Began(1);
        _table.Answer(isAlive: false);

        await Assert.ThrowsAsync<SiloUnavailableException>(() => answer);
        Assert.True(_table.HasLeft);

        // Another silo may not know of the death yet.
        _lease.Extend(_clock.GetTimestamp());
        Assert.False(_lease.IsHeld);
    }

    [Fact]
    public async Task If_the_table_cannot_be_read_the_call_fails_and_a_later_call_reads_again()
    {
        var failed = _lease.Confirm().AsTask();
        await _table.Began(1);
        _table.Fail(new TimeoutException());
        await Assert.ThrowsAsync<SiloUnavailableException>(() => failed);

        var answered = _lease.Confirm().AsTask();
        await _table.Began(2);
        _table.Answer(isAlive: true);
        await answered;
        Assert.False(_table.HasLeft);
    }

    [Fact]
    public async Task A_table_that_does_not_answer_fails_the_call_after_two_seconds()
    {
        var answer = _lease.Confirm().AsTask();
        await _table.Began(1);
        await Deadlines.Until(() =>
        {
            _clock.Advance(ReadLease.MaxRead);
            return answer.IsCompleted;
        }, "the end of the call");

        await Assert.ThrowsAsync<SiloUnavailableException>(() => answer);
    }

    [Fact]
    public async Task The_doubt_of_a_witness_makes_a_dead_silo_leave()
    {
        _lease.Extend(_clock.GetTimestamp());

        _lease.Doubt();
        await _table.Began(1);
        _table.Answer(isAlive: false);

        await Deadlines.Until(() => _table.HasLeft, "the silo leaves");
    }
}
