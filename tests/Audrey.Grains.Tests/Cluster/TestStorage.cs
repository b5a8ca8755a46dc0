using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace Audrey.Grains.Tests.Cluster;

/// <summary>The point at which a write fails.</summary>
public enum FailurePoint
{
    /// <summary>Nothing was written.</summary>
    BeforeWrite,

    /// <summary>The row was written, but the writer receives an error.</summary>
    AfterWrite,
}

/// <summary>
/// A storage in memory whose rows outlive silos. It serializes rows as a real storage does. It counts writes, and can delay them or make
/// them fail.
/// </summary>
public sealed class TestStorage
{
    private readonly ConcurrentDictionary<string, (byte[] Bytes, string ETag)> _rows = new();
    private readonly ConcurrentQueue<(string State, string Key)> _writes = new();
    private readonly ConcurrentQueue<string> _reads = new();
    private readonly List<(string State, string Part, FailurePoint FailurePoint)> _faults = [];
    private readonly ConcurrentDictionary<Damaged, bool> _damaged = new();
    private readonly Lock _lock = new();
    private Serializer? _serializer;
    private long _etags;

    /// <summary>
    /// Returns the number of writes so far to rows of the given state whose keys contain <paramref name="part"/>. If no state is given,
    /// counts the rows of all states except the event log, which is written later.
    /// </summary>
    public int Writes(string part, string? state = null) => _writes.Count(write =>
        (state is null ? !write.State.StartsWith("event", StringComparison.Ordinal) : write.State == state)
            && write.Key.Contains(part, StringComparison.Ordinal));

    /// <summary>Returns the number of reads so far of rows whose keys contain <paramref name="part"/>.</summary>
    public int Reads(string part) => _reads.Count(key => key.Contains(part, StringComparison.Ordinal));

    /// <summary>Removes all rows of a state whose keys contain <paramref name="part"/>.</summary>
    public void Remove(string state, string part)
    {
        foreach (var key in KeysOf(state, part)) _rows.TryRemove(key, out _);
    }

    /// <summary>Changes a row that no grain has in memory.</summary>
    public void Change<T>(string state, string part, Func<T, T> change)
    {
        foreach (var key in KeysOf(state, part))
        {
            var (bytes, etag) = _rows[key];
            _rows[key] = (_serializer!.SerializeToArray(change(_serializer.Deserialize<T>(bytes)!)), etag);
        }
    }

    /// <summary>Returns whether a row of the given state has a key that contains <paramref name="part"/>.</summary>
    public bool Has(string state, string part) =>
        _rows.Keys.Any(key => key.StartsWith(state + " ", StringComparison.Ordinal) && key.Contains(part, StringComparison.Ordinal));

    /// <summary>Makes the next write of a row of the given state whose key contains <paramref name="part"/> fail.</summary>
    public void FailNext(string state, string part, FailurePoint fault, int times = 1)
    {
        lock (_lock)
            for (var i = 0; i < times; i++) _faults.Add((state, part, fault));
    }

    /// <summary>Makes each read of a row of the given state whose key contains <paramref name="part"/> fail.</summary>
    /// <returns>Makes the row readable again when it is disposed of.</returns>
    public IDisposable Damage(string state, string part) => new Damaged(_damaged, $"{state} ", part);

    /// <summary>Removes the faults that have not occurred.</summary>
    public void Heal()
    {
        lock (_lock) _faults.Clear();
    }

    /// <summary>Returns the storage for one silo, with the serializer of that silo.</summary>
    public IGrainStorage On(Serializer serializer) => new OnSilo(this, _serializer = serializer);

    private List<string> KeysOf(string state, string part) =>
        [.. _rows.Keys.Where(key => key.StartsWith(state + " ", StringComparison.Ordinal) && key.Contains(part, StringComparison.Ordinal))];

    private FailurePoint? TakeFault(string state, string key)
    {
        lock (_lock)
        {
            var at = _faults.FindIndex(fault => fault.State == state && key.Contains(fault.Part, StringComparison.Ordinal));
            if (at < 0) return null;
            var fault = _faults[at].FailurePoint;
            _faults.RemoveAt(at);
            return fault;
        }
    }

    private void Change<T>(string state, GrainId id, IGrainState<T> row, byte[]? bytes)
    {
        var key = Key(state, id);
        _writes.Enqueue((state, id.Key.ToString()!));
        var fault = TakeFault(state, id.Key.ToString()!);
        if (fault == FailurePoint.BeforeWrite) throw new IOException("the test's disk is full");

        string? etag = null;
        lock (_lock)
        {
            var stored = _rows.TryGetValue(key, out var known) ? known.ETag : null;
            if (stored != row.ETag) throw new InconsistentStateException("written elsewhere", stored ?? "", row.ETag ?? "");
            if (bytes is null) _rows.TryRemove(key, out _);
            else _rows[key] = (bytes, etag = (++_etags).ToString(CultureInfo.InvariantCulture));
        }

        if (fault == FailurePoint.AfterWrite) throw new TimeoutException("the test's disk did not answer");
        (row.ETag, row.RecordExists) = (etag, bytes is not null);
    }

    private static string Key(string state, GrainId id) => $"{state} {id}";

    private sealed class Damaged : IDisposable
    {
        private readonly ConcurrentDictionary<Damaged, bool> _all;
        private readonly string _state, _part;

        public Damaged(ConcurrentDictionary<Damaged, bool> all, string state, string part)
        {
            (_all, _state, _part) = (all, state, part);
            all[this] = true;
        }

        public bool Is(string key) =>
            key.StartsWith(_state, StringComparison.Ordinal) && key.Contains(_part, StringComparison.Ordinal);

        public void Dispose() => _all.TryRemove(this, out _);
    }

    private sealed class OnSilo(TestStorage rows, Serializer serializer) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            rows._reads.Enqueue(grainId.Key.ToString()!);
            if (rows._damaged.Keys.Any(row => row.Is(Key(stateName, grainId)))) throw new InvalidDataException("the test's row is damaged");
            if (!rows._rows.TryGetValue(Key(stateName, grainId), out var row)) return Task.CompletedTask;
            grainState.State = serializer.Deserialize<T>(row.Bytes);
            (grainState.ETag, grainState.RecordExists) = (row.ETag, true);
            return Task.CompletedTask;
        }

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var bytes = serializer.SerializeToArray(grainState.State);
            await Task.Yield();
            rows.Change(stateName, grainId, grainState, bytes);
        }

        public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            await Task.Yield();
            rows.Change(stateName, grainId, grainState, null);
            grainState.State = Activator.CreateInstance<T>();
        }
    }
}
