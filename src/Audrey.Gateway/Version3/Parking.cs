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
internal sealed class Parking : IConfigurationWatcher
{
    /// <summary>Requests of one instance that wait; one more ends the wait of the first, which its guest may have given up without a word.</summary>
    public const int MostOfOne = 4;

    private readonly ConcurrentDictionary<string, Parked[]> _parked = new(StringComparer.Ordinal);
    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly int _most;
    private readonly Lock _watching = new();
    private IConfigurationWatcher? _watcher;
    private int _count;
    private int _peak;
    private long _peakAt;
    private volatile bool _stopping;

    public Parking(IOptions<GatewayOptions> options, IGrainFactory grains, TimeProvider time, IHostApplicationLifetime lifetime)
    {
        (_grains, _time, _most) = (grains, time, options.Value.MaxWaiting);
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
    public IConfigurationWatcher Watcher
    {
        get
        {
            if (_watcher is { } made) return made;
            lock (_watching) return _watcher ??= _grains.CreateObjectReference<IConfigurationWatcher>(this);
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
        var parked = new Parked(uuid);
        while (true)
        {
            if (!_parked.TryGetValue(uuid, out var others))
            {
                if (!_parked.TryAdd(uuid, [parked])) continue;
            }
            else
            {
                Parked[] kept = others.Length < MostOfOne ? others : others[1..];
                if (!_parked.TryUpdate(uuid, [.. kept, parked], others)) continue;
                if (kept.Length < others.Length) others[0].End(null);
            }

            if (_stopping) parked.End(null);
            return parked;
        }
    }

    /// <summary>Gives the place up, however the wait ended.</summary>
    public void Leave(Parked parked)
    {
        Interlocked.Decrement(ref _count);
        while (_parked.TryGetValue(parked.Uuid, out var all))
        {
            Parked[] left = [.. all.Where(other => other != parked)];
            if (left.Length == all.Length) return;
            if (left.Length == 0 ? _parked.TryRemove(KeyValuePair.Create(parked.Uuid, all)) : _parked.TryUpdate(parked.Uuid, left, all)) return;
        }
    }

    /// <inheritdoc/>
    public Task Changed(ImmutableArray<ConfigurationNews> news)
    {
        foreach (var one in news)
            if (_parked.TryRemove(one.Instance.Value, out var all))
                foreach (var parked in all) parked.End(one);
        return Task.CompletedTask;
    }

    private void Stop()
    {
        _stopping = true;
        foreach (var parked in _parked.Values.SelectMany(all => all)) parked.End(null);
    }
}

/// <summary>One request that waits.</summary>
internal sealed class Parked(string uuid)
{
    private readonly TaskCompletionSource<ConfigurationNews?> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Uuid => uuid;

    /// <summary>Whether the wait was ended: by news, or for another request of the same guest.</summary>
    public bool HasEnded => _told.Task.IsCompleted;

    /// <summary>What ended it; null: another request.</summary>
    public ConfigurationNews? News => _told.Task.IsCompleted ? _told.Task.Result : null;

    public void End(ConfigurationNews? news) => _told.TrySetResult(news);

    /// <summary>Completes when the wait is ended; fails when that much time has passed or the guest has gone.</summary>
    public Task Ended(TimeSpan atMost, TimeProvider time, CancellationToken gone) => _told.Task.WaitAsync(atMost, time, gone);
}
