using System.Threading.Tasks.Sources;
using Audrey.Abstractions.Instances;

namespace Audrey.Gateway.Waiting;

/// <summary>The reasons why a poll ended.</summary>
internal enum PollEnd
{
    /// <summary>The instance has another configuration revision.</summary>
    Notified,

    /// <summary>The maximum wait has passed.</summary>
    Expired,

    /// <summary>Another poll of the same guest has replaced this poll, or the server is stopping.</summary>
    Displaced,

    /// <summary>The guest has closed its connection.</summary>
    Abandoned,
}

/// <summary>The end of a poll.</summary>
/// <param name="End">The reason for the end.</param>
/// <param name="Notice">The instance's notice. Null unless the instance notified this gateway.</param>
internal readonly record struct PollResult(PollEnd End, RevisionNotice? Notice = null);

/// <summary>
/// A long poll that waits. Ten thousand polls can be pending, so a poll is one object: it has no timer and no task, and it receives no
/// callback from its connection.
/// </summary>
internal sealed class PendingPoll(string uuid, TimeProvider time) : IValueTaskSource<PollResult>
{
    private ManualResetValueTaskSourceCore<PollResult> _source;
    private long _expires = long.MaxValue;
    private int _hasEnded;
    private CancellationToken _connection;

    public string Uuid => uuid;

    /// <summary>Gets or sets whether the registry has removed the poll.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>Completes when the poll ends. Called once.</summary>
    /// <param name="max">The maximum wait.</param>
    /// <param name="connection">Cancelled when the guest closes its connection.</param>
    public ValueTask<PollResult> Wait(TimeSpan max, CancellationToken connection)
    {
        _connection = connection;
        Volatile.Write(ref _expires, time.GetTimestamp() + (long)(max.TotalSeconds * time.TimestampFrequency));
        return new(this, _source.Version);
    }

    /// <summary>Returns whether the maximum wait has passed.</summary>
    /// <param name="now">Now, by <see cref="TimeProvider.GetTimestamp"/>.</param>
    public bool IsExpired(long now) => now >= Volatile.Read(ref _expires);

    /// <summary>
    /// Gets whether the guest has closed its connection. A check of this property from time to time costs less than a callback.
    /// </summary>
    public bool IsAbandoned => _connection.IsCancellationRequested;

    /// <summary>Ends the poll, unless it has already ended. The poll's request continues within this call.</summary>
    public void End(PollResult result)
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0) _source.SetResult(result);
    }

    PollResult IValueTaskSource<PollResult>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<PollResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<PollResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}

/// <summary>A poll that is about to end.</summary>
/// <param name="Poll">The poll.</param>
/// <param name="Result">The end of the poll.</param>
internal readonly record struct EndedPoll(PendingPoll Poll, PollResult Result)
{
    /// <summary>
    /// The number of polls that one thread ends, one after another. To queue each poll individually would cost as much as to end it.
    /// </summary>
    private const int BatchSize = 32;

    /// <summary>Ends the polls on threads of the thread pool. Returns immediately, before the polls have ended.</summary>
    public static void EndAll(IReadOnlyCollection<EndedPoll> polls)
    {
        foreach (var batch in polls.Chunk(BatchSize))
            ThreadPool.UnsafeQueueUserWorkItem(static batch => End(batch), batch, preferLocal: false);
    }

    private static void End(EndedPoll[] batch)
    {
        foreach (var ended in batch) ended.Poll.End(ended.Result);
    }
}
