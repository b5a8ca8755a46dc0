using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Audrey.Abstractions.Connections;
using Audrey.Abstractions.Launching;
using Audrey.Abstractions.Operations;
using Audrey.Abstractions.Resilience;
using Orleans.Runtime;

namespace Audrey.Client.Connection;

/// <summary>
/// Makes calls to the cluster and repeats calls that fail for a temporary reason. The delays double and are partly random, so that many
/// clients do not return together after a server failed.
/// </summary>
/// <param name="deadline">The time for one call and all its repetitions.</param>
/// <param name="time">The clock.</param>
/// <param name="each">
/// The maximum time to wait for the answer to one call, because a call to a server that fails can be lost without an error. Null for the
/// whole deadline.
/// </param>
/// <param name="findRefusal">
/// Returns the reason why the servers no longer accept this client's connections, or null if they accept them. If it returns a reason, a
/// failed call is not repeated.
/// </param>
internal sealed class ClusterCalls(TimeSpan deadline, TimeProvider time, TimeSpan? each = null, Func<Exception?>? findRefusal = null)
    : ILaunchCalls
{
    private readonly RetryPolicy _policy = new()
    {
        FirstDelay = TimeSpan.FromMilliseconds(50),
        MaxDelay = TimeSpan.FromSeconds(2),
        Jitter = 0.5,
    };

    /// <summary>Makes a call, and repeats it until it is answered.</summary>
    /// <param name="what">A description of the call for error messages, such as "registering instance X".</param>
    /// <param name="call">The call. The call must be safe to repeat.</param>
    /// <param name="isTransient">
    /// Returns whether an error is temporary, so that the call is repeated. Null for the errors that occur while servers fail or start.
    /// </param>
    /// <param name="isPassing">
    /// Returns whether an answer is temporary, so that the call is repeated. When the deadline passes, the last answer is returned.
    /// </param>
    /// <param name="cancellationToken">Ends the call immediately.</param>
    /// <exception cref="UnavailableException">No call was answered within the deadline.</exception>
    /// <exception cref="UnprovenException">The servers no longer accept this client's credential.</exception>
    /// <exception cref="QuotaExceededException">The call would exceed a quota of the conductor.</exception>
    /// <exception cref="NotPermittedException">The role of the credential does not permit the call.</exception>
    /// <exception cref="AudreyException">The cluster answered with an error that is not temporary.</exception>
    [SuppressMessage("Design", "CA1031", Justification = "Every error of a cluster must leave this library as a library exception.")]
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
        // Orleans would send the request context of the calling program with each call. The servers accept no such context.
        RequestContext.Clear();
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
            catch (CallerRefusedException refused)
            {
                if (refused.Quota is { } excess) throw QuotaExceededException.Of(excess, refused);
                if (refused.IsUnproven) throw new UnprovenException(refused.Message, refused);
                throw new NotPermittedException(refused.Message, refused);
            }
            catch (Exception exception) when ((isTransient ?? CallFailures.Default.IsTransient)(exception))
            {
                // An attempt that only took too long does not hide an earlier failure that names a cause.
                if (exception is not TimeoutException || failure is null or TimeoutException) failure = exception;
            }
            catch (Exception exception) when (exception is not (AudreyException or ObjectDisposedException))
            {
                throw new AudreyException($"The cluster failed while {what}: {exception.Message}", exception);
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (failure is not null && findRefusal?.Invoke() is { } refusal) throw refusal;
        }
        while (!both.IsCancellationRequested && await retries.Wait(both.Token));

        cancellationToken.ThrowIfCancellationRequested();
        if (isAnswered) return answer!;
        var seconds = deadline.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        var cause = failure is null ? "no server answered" : (ProofRefusedException.In(failure) ?? failure).Message;
        throw new UnavailableException($"The cluster did not finish {what} within {seconds} s: {cause}", deadline, failure);
    }

    /// <inheritdoc/>
    Task<T> ILaunchCalls.Run<T>(string what, Func<Task<T>> call, Func<T, bool>? isPassing, CancellationToken cancellationToken) =>
        RunAsync(what, _ => call(), isPassing: isPassing, cancellationToken: cancellationToken);
}
