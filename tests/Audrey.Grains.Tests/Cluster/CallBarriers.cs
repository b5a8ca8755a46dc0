using System.Collections.Concurrent;
using Orleans.Runtime;

namespace Audrey.Grains.Tests.Cluster;

/// <summary>Holds calls before they reach a grain, so that a test can act between two steps of the grains.</summary>
public sealed class CallBarriers : IIncomingGrainCallFilter
{
    private readonly ConcurrentDictionary<CallCounter, bool> _counters = new();
    private readonly List<CallBarrier> _barriers = [];
    private readonly Lock _lock = new();

    /// <summary>
    /// Holds every call of the given method to a grain whose key contains <paramref name="part"/>, until the barrier is opened.
    /// </summary>
    public CallBarrier Close(string method, string part)
    {
        var barrier = new CallBarrier(method, part);
        lock (_lock) _barriers.Add(barrier);
        return barrier;
    }

    /// <summary>Works like <see cref="Close"/>, except that each call is executed first and its answer is held.</summary>
    public CallBarrier Hold(string method, string part)
    {
        var barrier = new CallBarrier(method, part, answers: true);
        lock (_lock) _barriers.Add(barrier);
        return barrier;
    }

    /// <summary>
    /// Watches the calls of the given method to a grain whose key contains <paramref name="part"/>. The calls are not held. <see
    /// cref="CallBarrier.Passed"/> completes after the given number of calls.
    /// </summary>
    public CallBarrier Watch(string method, string part, int times = 1)
    {
        var barrier = new CallBarrier(method, part, times);
        barrier.Open();
        lock (_lock) _barriers.Add(barrier);
        return barrier;
    }

    /// <summary>Counts all calls of grains whose keys contain <paramref name="part"/>, until the counter is disposed of.</summary>
    public CallCounter Count(string part)
    {
        var counter = new CallCounter(_counters, part);
        _counters[counter] = true;
        return counter;
    }

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        CallBarrier[] barriers;
        var key = context.TargetId.Key.ToString()!;
        foreach (var counter in _counters.Keys) counter.Add(key, context.MethodName);
        lock (_lock) barriers = _barriers.Count == 0 ? [] : [.. _barriers.Where(barrier => barrier.Concerns(context.MethodName, key))];
        foreach (var barrier in barriers.Where(barrier => !barrier.Answers)) await barrier.Pass();
        await context.Invoke();
        foreach (var barrier in barriers.Where(barrier => barrier.Answers)) await barrier.Pass();
        foreach (var barrier in barriers) barrier.Done();
    }
}

/// <summary>The calls of some grains.</summary>
public sealed class CallCounter(ConcurrentDictionary<CallCounter, bool> all, string part) : IDisposable
{
    private readonly ConcurrentQueue<string> _methods = new();

    /// <summary>The names of the methods that were called.</summary>
    public IEnumerable<string> Methods => _methods;

    public void Dispose() => all.TryRemove(this, out _);

    internal void Add(string key, string method)
    {
        if (key.Contains(part, StringComparison.Ordinal)) _methods.Enqueue(method);
    }
}

/// <summary>A barrier for the calls of one method.</summary>
public sealed class CallBarrier(string method, string part, int times = 1, bool answers = false) : IDisposable
{
    /// <summary>Whether the barrier holds the answers instead of the calls.</summary>
    public bool Answers { get; } = answers;

    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _passed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _arrivals;
    private int _done;
    private bool _gone;

    /// <summary>Completes when a call has arrived.</summary>
    public Task Arrived => _arrived.Task.WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Completes when the given number of calls has been executed.</summary>
    public Task Passed => _passed.Task.WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>The number of calls that have arrived.</summary>
    public int Arrivals => Volatile.Read(ref _arrivals);

    /// <summary>Lets the held calls and all further calls pass.</summary>
    public void Open() => _opened.TrySetResult();

    /// <summary>Makes the held calls and all further calls fail.</summary>
    public void Break() => _opened.TrySetException(new IOException("the test cut the wire"));

    /// <summary>Opens the barrier and removes it.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _gone, true);
        Open();
    }

    internal bool Concerns(string called, string key) =>
        !Volatile.Read(ref _gone) && called == method && key.Contains(part, StringComparison.Ordinal);

    internal Task Pass()
    {
        Interlocked.Increment(ref _arrivals);
        _arrived.TrySetResult();
        return _opened.Task;
    }

    internal void Done()
    {
        if (Interlocked.Increment(ref _done) == times) _passed.TrySetResult();
    }
}
