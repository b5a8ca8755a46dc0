using System.Collections.Concurrent;
using System.Collections.Immutable;
using Audrey.Abstractions.Instances;
using Audrey.Gateway.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans;

namespace Audrey.Gateway.Waiting;

/// <summary>
/// The pending polls of this gateway, by instance. Polls wait here, so that no grain call is open during the wait. Instances notify this
/// gateway when they have another configuration revision. See decision 0024.
/// </summary>
internal sealed class LongPollRegistry : IRevisionSubscriber, IDisposable
{
    /// <summary>
    /// The maximum number of pending polls of one instance. A further poll ends the oldest poll, because the guest may have abandoned the
    /// oldest poll without closing its connection.
    /// </summary>
    public const int MaxPerInstance = 4;

    /// <summary>The precision with which polls expire. One timer checks all polls, which costs less than a timer for each poll.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    /// <summary>The number of ticks after which the timer also checks for abandoned polls.</summary>
    private const int TicksPerAbandonedCheck = 4;

    private static readonly TimeSpan PeakTime = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, PendingPoll[]> _polls = new(StringComparer.Ordinal);
    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly int _max;
    private readonly Lock _making = new();
    private IRevisionSubscriber? _reference;
    private int _count;
    private int _peak;
    private long _peakAt;
    private int _ticks;
    private volatile bool _isStopping;

    public LongPollRegistry(IOptions<GatewayOptions> options, IGrainFactory grains, TimeProvider time, IHostApplicationLifetime lifetime)
    {
        (_grains, _time, _max) = (grains, time, options.Value.MaxWaiting);
        _timer = time.CreateTimer(static registry => ((LongPollRegistry)registry!).EndExpired(), this, Tick, Tick);

        // A stopping server waits for the requests in progress. So the pending polls are ended with the answer that the configuration has
        // not changed.
        lifetime.ApplicationStopping.Register(Stop);
    }

    /// <summary>Gets the number of pending polls.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The largest number of pending polls in ten seconds. Guests whose polls were answered together soon poll again.</summary>
    public int Peak
    {
        get
        {
            var count = Count;
            if (count >= _peak || _time.GetElapsedTime(Volatile.Read(ref _peakAt)) > PeakTime)
            {
                Volatile.Write(ref _peakAt, _time.GetTimestamp());
                Volatile.Write(ref _peak, count);
            }

            return _peak;
        }
    }

    /// <summary>The reference by which instances notify this gateway.</summary>
    public IRevisionSubscriber Reference
    {
        get
        {
            if (_reference is { } made) return made;
            lock (_making) return _reference ??= _grains.CreateObjectReference<IRevisionSubscriber>(this);
        }
    }

    /// <summary>
    /// Adds a poll, or returns null if there is no room. Called before the instance is polled, so that no notification is missed.
    /// </summary>
    public PendingPoll? TryAdd(string uuid)
    {
        if (Interlocked.Increment(ref _count) > _max || _isStopping)
        {
            Interlocked.Decrement(ref _count);
            return null;
        }

        _ = Peak;
        var poll = new PendingPoll(uuid, _time);
        while (true)
        {
            if (!_polls.TryGetValue(uuid, out var others))
            {
                if (!_polls.TryAdd(uuid, [poll])) continue;
            }
            else
            {
                PendingPoll[] kept = others.Length < MaxPerInstance ? others : others[1..];
                if (!_polls.TryUpdate(uuid, [.. kept, poll], others)) continue;
                if (kept.Length < others.Length) EndedPoll.EndAll([new(others[0], new(PollEnd.Displaced))]);
            }

            if (_isStopping) poll.End(new(PollEnd.Displaced));
            return poll;
        }
    }

    /// <summary>Removes a poll, whatever ended the poll.</summary>
    public void Remove(PendingPoll poll)
    {
        Interlocked.Decrement(ref _count);
        if (poll.IsRemoved) return;
        while (_polls.TryGetValue(poll.Uuid, out var all))
        {
            PendingPoll[] left = [.. all.Where(other => other != poll)];
            if (left.Length == all.Length) return;
            var isDone = left.Length == 0
                ? _polls.TryRemove(KeyValuePair.Create(poll.Uuid, all))
                : _polls.TryUpdate(poll.Uuid, left, all);
            if (isDone) return;
        }
    }

    /// <inheritdoc/>
    public Task Notify(ImmutableArray<RevisionNotice> notices)
    {
        var ended = new List<EndedPoll>(notices.Length);
        foreach (var notice in notices)
        {
            if (!_polls.TryRemove(notice.Instance.Value, out var polls)) continue;
            foreach (var poll in polls)
            {
                poll.IsRemoved = true;
                ended.Add(new(poll, new(PollEnd.Notified, notice)));
            }
        }

        EndedPoll.EndAll(ended);
        return Task.CompletedTask;
    }

    public void Dispose() => _timer.Dispose();

    private void EndExpired()
    {
        var (now, ended, looksForAbandoned) = (_time.GetTimestamp(), new List<EndedPoll>(), ++_ticks % TicksPerAbandonedCheck == 0);
        foreach (var (_, polls) in _polls)
        {
            foreach (var poll in polls)
            {
                if (poll.IsExpired(now)) ended.Add(new(poll, new(PollEnd.Expired)));
                else if (looksForAbandoned && poll.IsAbandoned) ended.Add(new(poll, new(PollEnd.Abandoned)));
            }
        }

        EndedPoll.EndAll(ended);
    }

    private void Stop()
    {
        _isStopping = true;
        EndedPoll.EndAll([.. _polls.SelectMany(pair => pair.Value).Select(poll => new EndedPoll(poll, new(PollEnd.Displaced)))]);
    }
}
