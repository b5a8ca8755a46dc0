using Orleans.Runtime;

namespace Audrey.Grains.Recovery;

/// <summary>
/// Counts the deaths of silos that this silo has seen. A push can be lost with its sender's silo or with a silo on its way. So values that
/// were pulled in an older epoch are pulled again before they are used in an answer.
/// </summary>
internal sealed class ClusterEpoch : ISiloStatusListener
{
    private int _current;

    /// <summary>The current epoch. It only rises.</summary>
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
