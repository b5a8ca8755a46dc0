using Orleans.Runtime;

namespace Audrey.Grains.Tests.Cluster;

/// <summary>Stops calls before they reach a grain, so that a test can act between two steps of the grains.</summary>
public sealed class CallGates : IIncomingGrainCallFilter
{
    private readonly List<CallGate> _gates = [];
    private readonly Lock _lock = new();

    /// <summary>
    /// Holds every call of the given method to a grain whose key contains <paramref name="part"/>, until the gate is opened.
    /// </summary>
    public CallGate Close(string method, string part)
    {
        var gate = new CallGate(method, part);
        lock (_lock) _gates.Add(gate);
        return gate;
    }

    /// <summary>Works like <see cref="Close"/>, except that each call is executed first and its answer is held.</summary>
    public CallGate Hold(string method, string part)
    {
        var gate = new CallGate(method, part, answers: true);
        lock (_lock) _gates.Add(gate);
        return gate;
    }

    /// <summary>
    /// Watches calls of the given method to a grain whose key contains <paramref name="part"/>, until the given number of calls was
    /// executed.
    /// </summary>
    public CallGate Watch(string method, string part, int times = 1)
    {
        var gate = new CallGate(method, part, times);
        gate.Open();
        lock (_lock) _gates.Add(gate);
        return gate;
    }

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        CallGate[] gates;
        var key = context.TargetId.Key.ToString()!;
        lock (_lock) gates = _gates.Count == 0 ? [] : [.. _gates.Where(gate => gate.Concerns(context.MethodName, key))];
        foreach (var gate in gates.Where(gate => !gate.Answers)) await gate.Pass();
        await context.Invoke();
        foreach (var gate in gates.Where(gate => gate.Answers)) await gate.Pass();
        foreach (var gate in gates) gate.Done();
    }
}

/// <summary>A gate for the calls of one method.</summary>
public sealed class CallGate(string method, string part, int times = 1, bool answers = false) : IDisposable
{
    /// <summary>Whether the gate holds the answers instead of the calls.</summary>
    public bool Answers { get; } = answers;

    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _passed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _arrivals;
    private int _done;
    private bool _gone;

    /// <summary>Completes when a call has arrived.</summary>
    public Task Arrived => _arrived.Task.WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Completes when the given number of calls was executed.</summary>
    public Task Passed => _passed.Task.WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>The number of calls that have arrived.</summary>
    public int Arrivals => Volatile.Read(ref _arrivals);

    /// <summary>Lets the held calls and all further calls pass.</summary>
    public void Open() => _opened.TrySetResult();

    /// <summary>Makes the held calls and all further calls fail.</summary>
    public void Break() => _opened.TrySetException(new IOException("the test cut the wire"));

    /// <summary>Opens the gate and removes it.</summary>
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
