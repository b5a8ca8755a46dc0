using Orleans.Runtime;

namespace Audrey.Grains.Recovery;

/// <summary>
/// Counts the deaths of silos that this silo has seen. A push can be lost when the silo of its sender or a silo that passes it on dies. So
/// values that were pulled in an older epoch are pulled again before they are used in an answer.
/// </summary>
internal sealed class ClusterEpoch : ISiloStatusListener
{
    private int _current;

    /// <summary>The current epoch. The epoch only rises.</summary>
    public int Current => Volatile.Read(ref _current);

    /// <summary>Raised after each death.</summary>
    public event Action? Raised;

    /// <inheritdoc/>
    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (status != SiloStatus.Dead) return;
        Interlocked.Increment(ref _current);
        Raised?.Invoke();
    }
}
