using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Audrey.Abstractions.Launching;
using Audrey.Abstractions.Resilience;

namespace Audrey.Client.Connection;

/// <summary>
/// Makes calls to the cluster and repeats those that fail for a temporary reason. The delays double and are partly random, so that many
/// clients do not return together after a server failed.
/// </summary>
/// <param name="deadline">The time for one call and all its repetitions.</param>
/// <param name="time">The clock.</param>
/// <param name="each">
/// How long one call can stay unanswered; null for the whole deadline. If a server fails, a call to it can be lost without an error.
/// </param>
internal sealed class ClusterCalls(TimeSpan deadline, TimeProvider time, TimeSpan? each = null) : ILaunchCalls
{
    private readonly RetryPolicy _policy = new()
    {
        FirstDelay = TimeSpan.FromMilliseconds(50),
        MaxDelay = TimeSpan.FromSeconds(2),
        Jitter = 0.5,
    };

    /// <summary>Makes a call until it is answered.</summary>
    /// <param name="what">What the call does, for error messages: "registering instance X".</param>
    /// <param name="call">The call. It must be safe to repeat.</param>
    /// <param name="isTransient">
    /// Returns whether an error is temporary, so that the call is repeated. Null for the errors that occur while servers fail or start.
    /// </param>
    /// <param name="isPassing">
    /// Returns whether an answer requires another call. When the deadline passes, the last answer is returned.
    /// </param>
    /// <param name="cancellationToken">Ends the call immediately.</param>
    /// <exception cref="UnavailableException">No call was answered within the deadline.</exception>
    /// <exception cref="AudreyException">The cluster answered with an error that is not temporary.</exception>
    [SuppressMessage("Design", "CA1031", Justification = "Every error of a cluster must leave this library as an exception of its own.")]
    public async Task<T> RunAsync<T>(
        string what,
        Func<CancellationToken, Task<T>> call,
        Func<Exception, bool>? isTransient = null,
        Func<T, bool>? isPassing = null,
        CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var timeout = new CancellationTokenSource(deadline, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var retries = _policy.Begin(time);
        var isAnswered = false;
        T? answer = default;
        Exception? failure = null;
        do
        {
            try
            {
                answer = await call(both.Token).WaitAsync(each ?? Timeout.InfiniteTimeSpan, time, both.Token);
                isAnswered = true;
                if (isPassing is null || !isPassing(answer)) return answer;
            }
            catch (OperationCanceledException) when (both.IsCancellationRequested)
            {
            }
            catch (Exception exception) when ((isTransient ?? CallFailures.Default.IsTransient)(exception))
            {
                failure = exception;
            }
            catch (Exception exception) when (exception is not (AudreyException or ObjectDisposedException))
            {
                throw new AudreyException($"The cluster failed at {what}: {exception.Message}", exception);
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
        while (!both.IsCancellationRequested && await retries.Wait(both.Token));

        cancellationToken.ThrowIfCancellationRequested();
        if (isAnswered) return answer!;
        var seconds = deadline.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        var cause = failure is null ? "no server answered" : failure.Message;
        throw new UnavailableException($"The cluster did not get through {what} within {seconds} s: {cause}", deadline, failure);
    }

    /// <inheritdoc/>
    Task<T> ILaunchCalls.Run<T>(string what, Func<Task<T>> call, Func<T, bool>? isPassing, CancellationToken cancellationToken) =>
        RunAsync(what, _ => call(), isPassing: isPassing, cancellationToken: cancellationToken);
}
