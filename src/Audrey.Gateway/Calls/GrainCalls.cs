using Audrey.Abstractions.Resilience;
using Audrey.Gateway.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Calls;

/// <summary>
/// Calls grains: again, after a pause with jitter, when the cluster lost the call, until an overall deadline. Every call of the
/// gateway may arrive twice: it reads, or it carries the request's mark, or carrying it out again comes to the same.
/// </summary>
internal sealed partial class GrainCalls(
    IOptions<GatewayOptions> options, IEnumerable<BusyFailure> busy, TimeProvider time, ILogger<GrainCalls> log)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _deadline = options.Value.CallDeadline;
    private readonly TimeSpan _commandDeadline = options.Value.CommandDeadline;
    private readonly CallFailures _failures = new(busy);

    /// <summary>Calls under <see cref="GatewayOptions.CallDeadline"/>.</summary>
    /// <exception cref="UnavailableException">The deadline has passed, or the storage takes nothing more.</exception>
    public ValueTask<T> Run<TState, T>(TState state, Func<TState, ValueTask<T>> call) => Run(state, call, _deadline);

    /// <inheritdoc cref="Run{TState, T}(TState, Func{TState, ValueTask{T}})"/>
    public ValueTask<T> Run<TState, T>(TState state, Func<TState, Task<T>> call) =>
        Run((state, call), static on => new ValueTask<T>(on.call(on.state)), _deadline);

    /// <summary>Calls under <see cref="GatewayOptions.CommandDeadline"/>.</summary>
    /// <exception cref="UnavailableException">The deadline has passed, or the storage takes nothing more.</exception>
    public ValueTask<T> Command<TState, T>(TState state, Func<TState, Task<T>> call) =>
        Run((state, call, limit: _commandDeadline, time), static on => new ValueTask<T>(on.call(on.state).WaitAsync(on.limit, on.time)), _commandDeadline);

    /// <summary>For who makes the first attempt itself: when it begins.</summary>
    public long Begin() => time.GetTimestamp();

    /// <summary>For who makes the first attempt itself: whether its failure is one to go on from.</summary>
    public bool MayBeMadeAgain(Exception failure) => _failures.IsTransient(failure);

    /// <summary>Goes on after a first attempt that failed.</summary>
    /// <exception cref="UnavailableException">The deadline has passed, or the storage takes nothing more.</exception>
    public ValueTask<T> Again<TState, T>(TState state, Func<TState, ValueTask<T>> call, long began, Exception failure) =>
        Again(state, call, _deadline, began, failure);

    private async ValueTask<T> Run<TState, T>(TState state, Func<TState, ValueTask<T>> call, TimeSpan deadline)
    {
        var began = Begin();
        try
        {
            return await call(state);
        }
        catch (Exception failure) when (MayBeMadeAgain(failure))
        {
            return await Again(state, call, deadline, began, failure);
        }
    }

    private async ValueTask<T> Again<TState, T>(TState state, Func<TState, ValueTask<T>> call, TimeSpan deadline, long began, Exception failure)
    {
        for (var attempt = 2; ; attempt++)
        {
            // A write that was not made because the storage is busy is both.
            if (_failures.Classify(failure) == CallFailure.Busy) throw new UnavailableException("The storage takes no more requests for now.", failure);
            var pause = PauseBefore(attempt);
            var left = deadline - time.GetElapsedTime(began);
            if (left <= pause)
            {
                LogGaveUp(attempt - 1, deadline, failure.GetType().Name);
                throw new UnavailableException("The cluster did not answer in time.", failure);
            }

            LogAgain(attempt, failure.GetType().Name, pause);
            await Task.Delay(pause, time);
            try
            {
                return await call(state).AsTask().WaitAsync(left - pause, time);
            }
            catch (Exception again) when (MayBeMadeAgain(again))
            {
                failure = again;
            }
        }
    }

    /// <summary>Twice as long each time, and then anything between half of it and all of it.</summary>
    private static TimeSpan PauseBefore(int attempt)
    {
        var longest = Math.Min(FirstPause.TotalMilliseconds * (1L << Math.Min(attempt - 2, 16)), MaxPause.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(longest * (0.5 + Random.Shared.NextDouble() / 2));
    }
}
