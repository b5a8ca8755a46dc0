using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Audrey.Grains.Liveness;

/// <summary>
/// The right of this silo to answer. A silo that was frozen or cut off can have been declared dead without knowing it. Other silos then
/// hold newer values for its grains. So the silo answers from memory only while it has recent evidence that it is held for alive. Without
/// recent evidence it reads the membership table before each answer. See decision 0077.
/// </summary>
/// <param name="membership">The row of this silo in the membership table.</param>
/// <param name="clock">A clock that also counts the time for which the machine sleeps.</param>
/// <param name="length">The time for which evidence counts. It is shorter than the time that others need to declare this silo dead.</param>
/// <param name="logger">The log.</param>
internal sealed partial class ReadLease(IOwnMembership membership, TimeProvider clock, TimeSpan length, ILogger<ReadLease> logger)
{
    /// <summary>The maximum time for reading the membership table.</summary>
    internal static readonly TimeSpan MaxRead = TimeSpan.FromSeconds(2);

    private readonly long _length = (long)(length.TotalSeconds * clock.TimestampFrequency);
    private readonly Lock _lock = new();
    private long _heldUntil = long.MinValue;
    private Task? _reading;
    private Task? _nextReading;
    private bool _isReported;
    private bool _isDead;

    /// <summary>Whether this silo can answer without reading the membership table.</summary>
    public bool IsHeld => clock.GetTimestamp() < Volatile.Read(ref _heldUntil);

    /// <summary>Extends the lease.</summary>
    /// <param name="evidence">A timestamp of the clock at which this silo was still held for alive, or an earlier one.</param>
    public void Extend(long evidence)
    {
        var until = evidence + _length;
        lock (_lock)
        {
            if (_isDead || until <= _heldUntil) return;
            Volatile.Write(ref _heldUntil, until);
            if (!_isReported || !IsHeld) return;
            _isReported = false;
        }

        LogHeldAgain(logger);
    }

    /// <summary>
    /// Returns once it is certain that this silo had not been declared dead when this method was called. State that was read before the
    /// call can then be sent as an answer.
    /// </summary>
    /// <exception cref="SiloUnavailableException">This silo was declared dead, or the membership table could not be read.</exception>
    public ValueTask Confirm() => IsHeld ? ValueTask.CompletedTask : new(Read());

    /// <summary>Reads the membership table, because a witness says that this silo is dead.</summary>
    public void Doubt() => Read().Ignore();

    // A reading that already runs may have begun before the state of this caller was read. So the caller waits for the next one, which all
    // callers of this time share. It runs outside the scheduler of the caller's grain, so that no grain can hold up the others.
    private Task Read()
    {
        bool isFirst;
        Task result;
        lock (_lock)
        {
            if (_reading is null) result = _reading = Task.Run(() => ReadAfter(Task.CompletedTask));
            else result = _nextReading ??= ReadAfter(_reading);
            isFirst = !_isReported && Volatile.Read(ref _heldUntil) != long.MinValue;
            _isReported |= isFirst;
        }

        if (isFirst) LogNotHeld(logger, length.TotalSeconds);
        return result;
    }

    private async Task ReadAfter(Task previous)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await ReadOwnRow();
        }
        finally
        {
            lock (_lock) (_reading, _nextReading) = (_nextReading, null);
        }
    }

    private async Task ReadOwnRow()
    {
        bool isAlive;
        try
        {
            isAlive = await membership.IsAlive().WaitAsync(MaxRead, clock);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogNotRead(logger, exception);
            throw new SiloUnavailableException("This silo cannot show that it is alive: it cannot read the membership table.");
        }

        if (isAlive) return;

        // The process takes a while to end, and a silo that has not heard of the death can still confirm.
        lock (_lock)
        {
            _isDead = true;
            Volatile.Write(ref _heldUntil, long.MinValue);
        }

        LogDead(logger);
        membership.Leave();
        throw new SiloUnavailableException("This silo was declared dead.");
    }

    [LoggerMessage(
        LogLevel.Warning,
        "For {Seconds} s no sufficient number of other silos has confirmed that this silo is alive. Until they do, this silo reads the "
        + "membership table before each answer")]
    private static partial void LogNotHeld(ILogger logger, double seconds);

    [LoggerMessage(LogLevel.Information, "Other silos confirm again that this silo is alive")]
    private static partial void LogHeldAgain(ILogger logger);

    [LoggerMessage(LogLevel.Debug, "The membership table cannot be read. The call fails and can be repeated")]
    private static partial void LogNotRead(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Error, "This silo was declared dead. It answers no more calls and ends")]
    private static partial void LogDead(ILogger logger);
}
