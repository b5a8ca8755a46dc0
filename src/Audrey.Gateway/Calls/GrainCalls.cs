using Audrey.Abstractions.Resilience;
using Audrey.Gateway.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Calls;

/// <summary>
/// Calls grains. If the cluster loses a call, the call is repeated after a delay, until a deadline. Every call of the gateway can safely
/// arrive twice. The call only reads, or it carries the mark of its request, or a repetition has no effect.
/// </summary>
internal sealed partial class GrainCalls(
    IOptions<GatewayOptions> options, IEnumerable<BusyFailure> busy, TimeProvider time, ILogger<GrainCalls> log)
{
    private readonly RetryPolicy _policy = CreatePolicy(options.Value.CallDeadline);
    private readonly RetryPolicy _commandPolicy = CreatePolicy(options.Value.CommandDeadline);
    private readonly CallFailures _failures = new(busy);

    /// <summary>Makes a call that takes at most <see cref="GatewayOptions.CallDeadline"/>.</summary>
    /// <exception cref="ClusterUnavailableException">The deadline has passed, or the storage is busy.</exception>
    public ValueTask<T> Run<TState, T>(TState state, Func<TState, ValueTask<T>> call) => Run(state, call, _policy, CancellationToken.None);

    /// <summary>
    /// Makes a call that takes at most <see cref="GatewayOptions.CallDeadline"/>, and ends earlier if the client disconnects.
    /// </summary>
    /// <exception cref="ClusterUnavailableException">The deadline has passed, or the storage is busy.</exception>
    public ValueTask<T> Read<T>(Func<Task<T>> call, CancellationToken cancellation) =>
        Run((call, cancellation), static read => new ValueTask<T>(read.call().WaitAsync(read.cancellation)), _policy, cancellation);

    /// <summary>Makes a conductor's call, which takes at most <see cref="GatewayOptions.CommandDeadline"/>.</summary>
    /// <exception cref="ClusterUnavailableException">The deadline has passed, or the storage is busy.</exception>
    public ValueTask<T> Command<T>(Func<Task<T>> call) => Run(
        (call, limit: options.Value.CommandDeadline, time),
        static command => new ValueTask<T>(command.call().WaitAsync(command.limit, command.time)),
        _commandPolicy,
        CancellationToken.None);

    /// <summary>Returns the current time. A caller that makes the first attempt itself notes it as the start of that attempt.</summary>
    public long Begin() => time.GetTimestamp();

    /// <summary>Returns whether a first attempt that the caller made itself can be repeated after this failure.</summary>
    public bool IsTransient(Exception failure) => _failures.IsTransient(failure);

    /// <summary>Repeats a call after its first attempt has failed.</summary>
    /// <param name="state">The data that is passed to the call.</param>
    /// <param name="call">The call.</param>
    /// <param name="began">When the first attempt began.</param>
    /// <param name="failure">The exception of the first attempt.</param>
    /// <exception cref="ClusterUnavailableException">The deadline has passed, or the storage is busy.</exception>
    public ValueTask<T> Retry<TState, T>(TState state, Func<TState, ValueTask<T>> call, long began, Exception failure) =>
        Retry(state, call, _policy, began, failure, CancellationToken.None);

    private static RetryPolicy CreatePolicy(TimeSpan deadline) => new()
    {
        FirstDelay = TimeSpan.FromMilliseconds(25),
        MaxDelay = TimeSpan.FromSeconds(1),
        Jitter = 0.5,
        Deadline = deadline,
    };

    private async ValueTask<T> Run<TState, T>(
        TState state, Func<TState, ValueTask<T>> call, RetryPolicy policy, CancellationToken cancellation)
    {
        var began = Begin();
        try
        {
            return await call(state);
        }
        catch (Exception failure) when (IsTransient(failure))
        {
            return await Retry(state, call, policy, began, failure, cancellation);
        }
    }

    private async ValueTask<T> Retry<TState, T>(
        TState state, Func<TState, ValueTask<T>> call, RetryPolicy policy, long began, Exception failure, CancellationToken cancellation)
    {
        var retries = policy.Begin(time, began);
        while (true)
        {
            if (_failures.Classify(failure) == CallFailure.Busy)
                throw new ClusterUnavailableException("The storage accepts no more requests at the moment.", failure);
            if (!retries.TryNext(out var delay))
            {
                LogGaveUp(retries.Failures, policy.Deadline!.Value, failure.GetType().Name);
                throw new ClusterUnavailableException("The cluster did not answer in time.", failure);
            }

            LogRetry(retries.Failures + 1, failure.GetType().Name, delay);
            var left = retries.Remaining - delay;
            await Task.Delay(delay, time, cancellation);
            try
            {
                return await call(state).AsTask().WaitAsync(left, time, cancellation);
            }
            catch (Exception next) when (IsTransient(next))
            {
                failure = next;
            }
        }
    }
}
