using Audrey.Client.Connection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;

namespace Audrey.Client.Tests.Connection;

public sealed class ClusterCallsTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task An_unanswered_call_is_repeated()
    {
        var tries = 0;
        var calls = new ClusterCalls(Long, TimeProvider.System, TimeSpan.FromMilliseconds(20));
        Assert.Equal(2, await calls.RunAsync("asking", _ => ++tries == 1 ? new TaskCompletionSource<int>().Task : Task.FromResult(tries)));
    }

    [Fact]
    public async Task A_call_is_repeated_after_the_error_of_a_stopping_server()
    {
        var failures = new Queue<Exception>([new SiloUnavailableException(), new TimeoutException()]);
        var calls = new ClusterCalls(Long, TimeProvider.System);

        var answer = await calls.RunAsync(
            "asking",
            _ => failures.TryDequeue(out var failure) ? Task.FromException<int>(failure) : Task.FromResult(42));

        Assert.Equal(42, answer);
        Assert.Empty(failures);
    }

    [Fact]
    public async Task A_call_that_never_returns_ends_at_the_deadline()
    {
        var time = new FakeTimeProvider();
        var call = new ClusterCalls(Long, time).RunAsync("asking", _ => new TaskCompletionSource<int>().Task);

        time.Advance(Long);

        var error = await Assert.ThrowsAsync<UnavailableException>(() => call);
        Assert.Equal(Long, error.Deadline);
        Assert.Equal("The cluster did not finish asking within 60 s: no server answered", error.Message);
    }

    [Fact]
    public async Task At_the_deadline_the_error_contains_the_last_failure()
    {
        var tries = 0;
        var calls = new ClusterCalls(TimeSpan.FromMilliseconds(300), TimeProvider.System);

        var error = await Assert.ThrowsAsync<UnavailableException>(
            () => calls.RunAsync<int>("asking", _ => throw new TimeoutException($"try {++tries}")));

        Assert.True(tries > 1);
        Assert.Equal($"try {tries}", error.InnerException!.Message);
    }

    [Fact]
    public async Task A_later_time_out_does_not_hide_a_failure_that_names_a_cause()
    {
        var tries = 0;
        var calls = new ClusterCalls(TimeSpan.FromMilliseconds(300), TimeProvider.System);

        var error = await Assert.ThrowsAsync<UnavailableException>(() => calls.RunAsync<int>(
            "asking",
            _ => throw (++tries == 1 ? new SiloUnavailableException("no certificate") : new TimeoutException())));

        Assert.True(tries > 1);
        Assert.Equal("no certificate", error.InnerException!.Message);
    }

    [Fact]
    public async Task A_call_with_a_permanent_error_is_not_repeated()
    {
        var tries = 0;

        var error = await Assert.ThrowsAsync<AudreyException>(
            () => new ClusterCalls(Long, TimeProvider.System).RunAsync<int>("asking", _ => throw new FormatException($"try {++tries}")));

        Assert.Equal("The cluster failed while asking: try 1", error.Message);
        Assert.IsType<FormatException>(error.InnerException);
    }

    [Fact]
    public async Task A_call_is_repeated_after_a_transient_answer()
    {
        var answer = 0;
        Assert.Equal(
            3,
            await new ClusterCalls(Long, TimeProvider.System).RunAsync(
                "asking",
                _ => Task.FromResult(++answer),
                isPassing: given => given < 3));
    }

    [Fact]
    public async Task A_transient_answer_is_returned_at_the_deadline() =>
        Assert.Equal("wait", await new ClusterCalls(TimeSpan.FromMilliseconds(100), TimeProvider.System)
            .RunAsync("asking", _ => Task.FromResult("wait"), isPassing: _ => true));

    [Fact]
    public async Task Cancellation_ends_a_call_that_is_under_way()
    {
        using var cancel = new CancellationTokenSource();
        var call = new ClusterCalls(Long, TimeProvider.System)
            .RunAsync("asking", _ => new TaskCompletionSource<int>().Task, cancellationToken: cancel.Token);

        await cancel.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(cancel.Token, error.CancellationToken);
    }
}
