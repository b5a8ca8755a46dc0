using Audrey.Client.Retrying;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;

namespace Audrey.Client.Tests.Retrying;

public sealed class AttemptsTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task An_attempt_that_is_never_answered_is_given_up_for_the_next()
    {
        var tries = 0;
        var attempts = new Attempts(Long, TimeProvider.System, TimeSpan.FromMilliseconds(20));
        Assert.Equal(2, await attempts.RunAsync("asking", _ => ++tries == 1 ? new TaskCompletionSource<int>().Task : Task.FromResult(tries)));
    }

    [Fact]
    public async Task What_a_falling_server_answers_is_tried_again()
    {
        var failures = new Queue<Exception>([new SiloUnavailableException(), new TimeoutException()]);
        var attempts = new Attempts(Long, TimeProvider.System);

        var answer = await attempts.RunAsync("asking", _ => failures.TryDequeue(out var failure) ? Task.FromException<int>(failure) : Task.FromResult(42));

        Assert.Equal(42, answer);
        Assert.Empty(failures);
    }

    [Fact]
    public async Task A_call_that_never_returns_ends_at_the_deadline()
    {
        var time = new FakeTimeProvider();
        var call = new Attempts(Long, time).RunAsync("asking", _ => new TaskCompletionSource<int>().Task);

        time.Advance(Long);

        var error = await Assert.ThrowsAsync<UnavailableException>(() => call);
        Assert.Equal(Long, error.Deadline);
        Assert.Equal("The cluster did not get through asking within 60 s: no server answered", error.Message);
    }

    [Fact]
    public async Task The_last_failure_is_named_at_the_deadline()
    {
        var tries = 0;
        var attempts = new Attempts(TimeSpan.FromMilliseconds(300), TimeProvider.System);

        var error = await Assert.ThrowsAsync<UnavailableException>(
            () => attempts.RunAsync<int>("asking", _ => throw new TimeoutException($"try {++tries}")));

        Assert.True(tries > 1);
        Assert.Equal($"try {tries}", error.InnerException!.Message);
    }

    [Fact]
    public async Task An_error_that_would_come_again_is_not_tried_again()
    {
        var tries = 0;

        var error = await Assert.ThrowsAsync<AudreyException>(
            () => new Attempts(Long, TimeProvider.System).RunAsync<int>("asking", _ => throw new FormatException($"try {++tries}")));

        Assert.Equal("The cluster failed at asking: try 1", error.Message);
        Assert.IsType<FormatException>(error.InnerException);
    }

    [Fact]
    public async Task A_passing_answer_is_asked_for_again()
    {
        var answer = 0;
        Assert.Equal(3, await new Attempts(Long, TimeProvider.System).RunAsync("asking", _ => Task.FromResult(++answer), isPassing: given => given < 3));
    }

    [Fact]
    public async Task A_passing_answer_is_given_when_the_deadline_passes() =>
        Assert.Equal("wait", await new Attempts(TimeSpan.FromMilliseconds(100), TimeProvider.System)
            .RunAsync("asking", _ => Task.FromResult("wait"), isPassing: _ => true));

    [Fact]
    public async Task Cancelling_ends_a_call_under_way()
    {
        using var cancel = new CancellationTokenSource();
        var call = new Attempts(Long, TimeProvider.System)
            .RunAsync("asking", _ => new TaskCompletionSource<int>().Task, cancellationToken: cancel.Token);

        await cancel.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(cancel.Token, error.CancellationToken);
    }
}
