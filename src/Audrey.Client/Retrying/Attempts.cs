using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Audrey.Abstractions;
using Orleans.Runtime;
using Orleans.Runtime.Messaging;
using Orleans.Storage;

namespace Audrey.Client.Retrying;

/// <summary>
/// Repeats what may be repeated until the cluster answers or the deadline passes, with pauses that double and are spread at
/// random, so that many clients do not come back at once after a server fell.
/// </summary>
/// <param name="deadline">For all attempts together.</param>
/// <param name="time">The clock.</param>
/// <param name="each">How long one attempt may go unanswered; null: until the deadline. What is sent while a server falls may be lost without a word.</param>
internal sealed class Attempts(TimeSpan deadline, TimeProvider time, TimeSpan? each = null)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(2);

    /// <summary>Runs <paramref name="attempt"/> until it answers.</summary>
    /// <param name="what">What is done, for the message of an error: "registering instance X".</param>
    /// <param name="attempt">One attempt; must be safe to repeat.</param>
    /// <param name="isTransient">Which errors another attempt may mend; null: those that a cluster shows while a server falls or starts.</param>
    /// <param name="isPassing">Which answers ask for another attempt; the last one is returned when the deadline passes.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <exception cref="UnavailableException">No attempt was answered within the deadline.</exception>
    /// <exception cref="AudreyException">The cluster answered with an error that no other attempt would mend.</exception>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a cluster throws must leave this library as an exception of its own.")]
    public async Task<T> RunAsync<T>(
        string what,
        Func<CancellationToken, Task<T>> attempt,
        Func<Exception, bool>? isTransient = null,
        Func<T, bool>? isPassing = null,
        CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var timeout = new CancellationTokenSource(deadline, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var answered = false;
        T? answer = default;
        Exception? failure = null;
        for (var pause = FirstPause; ; pause = pause * 2 < MaxPause ? pause * 2 : MaxPause)
        {
            try
            {
                answer = await attempt(both.Token).WaitAsync(each ?? Timeout.InfiniteTimeSpan, time, both.Token);
                answered = true;
                if (isPassing is null || !isPassing(answer)) return answer;
            }
            catch (OperationCanceledException) when (both.IsCancellationRequested)
            {
            }
            catch (Exception exception) when ((isTransient ?? IsTransient)(exception))
            {
                failure = exception;
            }
            catch (Exception exception) when (exception is not (AudreyException or ObjectDisposedException))
            {
                throw new AudreyException($"The cluster failed at {what}: {exception.Message}", exception);
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (!await PauseAsync(pause, both.Token)) break;
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (answered) return answer!;
        var seconds = deadline.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        var cause = failure is null ? "no server answered" : failure.Message;
        throw new UnavailableException($"The cluster did not get through {what} within {seconds} s: {cause}", deadline, failure);
    }

    /// <summary>What callers see while a server falls, starts, or is too busy; also of servers that stay up.</summary>
    public static bool IsTransient(Exception exception) => exception
        is OrleansMessageRejectionException
        or SiloUnavailableException
        or TimeoutException
        or ConnectionFailedException
        or ClientNotAvailableException
        or InconsistentStateException
        or NotDurableException;

    private async Task<bool> PauseAsync(TimeSpan pause, CancellationToken both)
    {
        try
        {
            await Task.Delay(pause * (0.5 + (Random.Shared.NextDouble() / 2)), time, both);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
