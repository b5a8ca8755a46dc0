using System.Collections.Concurrent;
using System.Collections.Immutable;
using Audrey.Abstractions.Instances;
using Audrey.Gateway.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans;

namespace Audrey.Gateway.Version3;

/// <summary>
/// Where guests wait for a newer configuration: in the gateway, so that no grain call is open meanwhile. Instances tell this gateway when
/// there is one; see decision 0024.
/// </summary>
internal sealed class Parking : IRevisionSubscriber, IDisposable
{
    /// <summary>Requests of one instance that wait; one more ends the wait of the first, which its guest may have given up without a word.</summary>
    public const int MaxPerInstance = 4;

    /// <summary>How exactly waits end that nothing else ends: one timer looks at all of them, which costs less than a timer for each.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    /// <summary>Each so many ticks those are looked for that have gone.</summary>
    private const int TicksUntilGone = 4;

    private readonly ConcurrentDictionary<string, Parked[]> _parked = new(StringComparer.Ordinal);
    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly int _most;
    private readonly Lock _watching = new();
    private IRevisionSubscriber? _watcher;
    private int _count;
    private int _peak;
    private long _peakAt;
    private int _ticks;
    private volatile bool _stopping;

    public Parking(IOptions<GatewayOptions> options, IGrainFactory grains, TimeProvider time, IHostApplicationLifetime lifetime)
    {
        (_grains, _time, _most) = (grains, time, options.Value.MaxWaiting);
        _timer = time.CreateTimer(static parking => ((Parking)parking!).EndDue(), this, Tick, Tick);

        // A stop waits for the requests under way: those that wait for news are answered that there is none.
        lifetime.ApplicationStopping.Register(Stop);
    }

    /// <summary>How many wait now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The most that waited in the last while: those who were answered together are about to come back.</summary>
    public int Peak
    {
        get
        {
            var count = Count;
            if (count >= _peak || _time.GetElapsedTime(Volatile.Read(ref _peakAt)) > TimeSpan.FromSeconds(10))
            {
                Volatile.Write(ref _peakAt, _time.GetTimestamp());
                Volatile.Write(ref _peak, count);
            }

            return _peak;
        }
    }

    /// <summary>What instances are given to tell this gateway.</summary>
    public IRevisionSubscriber Watcher
    {
        get
        {
            if (_watcher is { } made) return made;
            lock (_watching) return _watcher ??= _grains.CreateObjectReference<IRevisionSubscriber>(this);
        }
    }

    /// <summary>Takes a place; null when there is none left. Before the instance is asked, so that nothing it tells is missed.</summary>
    public Parked? Enter(string uuid)
    {
        if (Interlocked.Increment(ref _count) > _most || _stopping)
        {
            Interlocked.Decrement(ref _count);
            return null;
        }

        _ = Peak;
        var parked = new Parked(uuid, _time);
        while (true)
        {
            if (!_parked.TryGetValue(uuid, out var others))
            {
                if (!_parked.TryAdd(uuid, [parked])) continue;
            }
            else
            {
                Parked[] kept = others.Length < MaxPerInstance ? others : others[1..];
                if (!_parked.TryUpdate(uuid, [.. kept, parked], others)) continue;
                if (kept.Length < others.Length) Ending.Of([new(others[0], new(WaitEnd.Displaced))]);
            }

            if (_stopping) parked.End(new(WaitEnd.Displaced));
            return parked;
        }
    }

    /// <summary>Gives the place up, however the wait ended.</summary>
    public void Leave(Parked parked)
    {
        Interlocked.Decrement(ref _count);
        if (parked.IsOut) return;
        while (_parked.TryGetValue(parked.Uuid, out var all))
        {
            Parked[] left = [.. all.Where(other => other != parked)];
            if (left.Length == all.Length) return;
            if (left.Length == 0 ? _parked.TryRemove(KeyValuePair.Create(parked.Uuid, all)) : _parked.TryUpdate(parked.Uuid, left, all)) return;
        }
    }

    /// <inheritdoc/>
    public Task Notify(ImmutableArray<RevisionNotice> news)
    {
        var ended = new List<Ending>(news.Length);
        foreach (var one in news)
            if (_parked.TryRemove(one.Instance.Value, out var all))
            {
                foreach (var parked in all)
                {
                    parked.IsOut = true;
                    ended.Add(new(parked, new(WaitEnd.News, one)));
                }
            }

        Ending.Of(ended);
        return Task.CompletedTask;
    }

    public void Dispose() => _timer.Dispose();

    private void EndDue()
    {
        var (now, ended, looksForGone) = (_time.GetTimestamp(), new List<Ending>(), ++_ticks % TicksUntilGone == 0);
        foreach (var (_, all) in _parked)
        {
            foreach (var parked in all)
            {
                if (parked.IsDue(now)) ended.Add(new(parked, new(WaitEnd.Due)));
                else if (looksForGone && parked.HasGone) ended.Add(new(parked, new(WaitEnd.Gone)));
            }
        }

        Ending.Of(ended);
    }

    private void Stop()
    {
        _stopping = true;
        Ending.Of([.. _parked.SelectMany(pair => pair.Value).Select(parked => new Ending(parked, new(WaitEnd.Displaced)))]);
    }
}
