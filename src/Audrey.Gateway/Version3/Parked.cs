using System.Threading.Tasks.Sources;
using Audrey.Abstractions.Instances;

namespace Audrey.Gateway.Version3;

/// <summary>Why a wait ended.</summary>
internal enum WaitEnd
{
    /// <summary>The instance told that there is something newer.</summary>
    News,

    /// <summary>It was as long as it may be.</summary>
    Due,

    /// <summary>Another request of the same guest took the place, or the server stops.</summary>
    Displaced,

    /// <summary>The guest has gone.</summary>
    Gone,
}

/// <summary>How a wait ended.</summary>
/// <param name="Why">Why.</param>
/// <param name="News">What the instance told; null unless it did.</param>
internal readonly record struct WaitResult(WaitEnd Why, RevisionNotice? News = null);

/// <summary>
/// One request that waits. Ten thousand of these wait at a time, so it is the only object that a wait takes: no timer, no task, nothing that
/// its connection would have to call.
/// </summary>
internal sealed class Parked(string uuid, TimeProvider time) : IValueTaskSource<WaitResult>
{
    private ManualResetValueTaskSourceCore<WaitResult> _ended;
    private long _due = long.MaxValue;
    private int _hasEnded;
    private CancellationToken _gone;

    public string Uuid => uuid;

    /// <summary>Whether it is among those that wait no more, so that it need not be taken from there.</summary>
    public bool IsOut { get; set; }

    /// <summary>Completes when the wait is ended. Called once.</summary>
    /// <param name="atMost">How long it may be.</param>
    /// <param name="gone">Cancelled when the guest has gone.</param>
    public ValueTask<WaitResult> Ended(TimeSpan atMost, CancellationToken gone)
    {
        _gone = gone;
        Volatile.Write(ref _due, time.GetTimestamp() + (long)(atMost.TotalSeconds * time.TimestampFrequency));
        return new(this, _ended.Version);
    }

    /// <summary>Whether the wait is as long as it may be.</summary>
    /// <param name="now">Now, by <see cref="TimeProvider.GetTimestamp"/>.</param>
    public bool IsDue(long now) => now >= Volatile.Read(ref _due);

    /// <summary>Whether the guest has gone. Asked of one that waits now and then, which costs less than to be called.</summary>
    public bool HasGone => _gone.IsCancellationRequested;

    /// <summary>Ends the wait, unless it has ended; what waited goes on within this call.</summary>
    public void End(WaitResult result)
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0) _ended.SetResult(result);
    }

    WaitResult IValueTaskSource<WaitResult>.GetResult(short token) => _ended.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<WaitResult>.GetStatus(short token) => _ended.GetStatus(token);

    void IValueTaskSource<WaitResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _ended.OnCompleted(continuation, state, token, flags);
}

/// <summary>A wait that is to be ended.</summary>
/// <param name="Parked">What waits.</param>
/// <param name="Result">How it ends.</param>
internal readonly record struct Ending(Parked Parked, WaitResult Result)
{
    /// <summary>Waits that one thread ends one after the other: queueing each alone would cost as much again as the ending.</summary>
    private const int AtOnce = 32;

    /// <summary>Has waits ended by threads of the pool. Returns at once.</summary>
    public static void Of(IReadOnlyCollection<Ending> all)
    {
        foreach (var some in all.Chunk(AtOnce)) ThreadPool.UnsafeQueueUserWorkItem(static ended => End(ended), some, preferLocal: false);
    }

    private static void End(Ending[] all)
    {
        foreach (var one in all) one.Parked.End(one.Result);
    }
}
