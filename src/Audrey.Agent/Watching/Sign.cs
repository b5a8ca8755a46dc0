namespace Audrey.Agent.Watching;

/// <summary>A sign from the kernel about the facts of one class.</summary>
[Flags]
internal enum Sign
{
    None = 0,

    /// <summary>The facts may change soon. A glance decides whether they are read.</summary>
    Glance = 1,

    /// <summary>The facts may have changed. They are read.</summary>
    Change = 2,
}

/// <summary>Keeps the signs for one class until the class takes them. Equal signs count once, so they need no memory.</summary>
internal sealed class SignInbox(TimeProvider time)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _arrival = NewArrival();
    private Sign _signs;

    public void Add(Sign sign)
    {
        lock (_lock)
        {
            _signs |= sign;
            _arrival.TrySetResult();
        }
    }

    /// <summary>Waits for a sign. Returns all signs since the last call, or <see cref="Sign.None"/> after the maximum time.</summary>
    public async Task<Sign> TakeAsync(TimeSpan maxTime, CancellationToken cancellationToken)
    {
        try
        {
            await _arrival.Task.WaitAsync(maxTime, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return Sign.None;
        }

        lock (_lock)
        {
            var signs = _signs;
            (_signs, _arrival) = (Sign.None, NewArrival());
            return signs;
        }
    }

    private static TaskCompletionSource NewArrival() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
