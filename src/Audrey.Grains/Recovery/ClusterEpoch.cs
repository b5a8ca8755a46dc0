using Orleans.Runtime;

namespace Audrey.Grains.Recovery;

/// <summary>
/// Counts the deaths of silos that this silo has seen. A push can be lost when the silo of its sender or a silo that passes it on dies. So
/// values that were pulled in an older epoch are pulled again before they are used in an answer.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class ClusterEpoch(TimeProvider time) : ISiloStatusListener
{
    private int _current;
    private long _since = time.GetUtcNow().UtcTicks;

    /// <summary>The current epoch. The epoch only rises.</summary>
    public int Current => Volatile.Read(ref _current);

    /// <summary>The time at which the current epoch began: the start of this silo, or the last death.</summary>
    public DateTimeOffset Since => new(Volatile.Read(ref _since), TimeSpan.Zero);

    /// <summary>Raised after each death.</summary>
    public event Action? Raised;

    /// <inheritdoc/>
    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (status != SiloStatus.Dead) return;
        Volatile.Write(ref _since, time.GetUtcNow().UtcTicks);
        Interlocked.Increment(ref _current);
        Raised?.Invoke();
    }
}
