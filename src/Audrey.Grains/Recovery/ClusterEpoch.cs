using Orleans.Runtime;

namespace Audrey.Grains.Recovery;

/// <summary>
/// Counts the deaths of silos that this silo has seen. A push may be lost with the silo that it came from or went through;
/// whatever was pulled under an older epoch is pulled again before it is answered.
/// </summary>
internal sealed class ClusterEpoch : ISiloStatusListener
{
    private int _current;

    /// <summary>The epoch now; it only rises.</summary>
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
