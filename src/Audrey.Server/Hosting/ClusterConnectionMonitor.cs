namespace Audrey.Server.Hosting;

/// <summary>A client's connection to the cluster. It is tried for a while at the start and watched afterwards.</summary>
internal sealed class ClusterConnectionMonitor(TimeSpan timeout, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly long _began = time.GetTimestamp();
    private volatile int _connected = 1;

    /// <summary>Gets a value indicating whether a silo is connected. The start does not end before one is.</summary>
    public bool IsUp => _connected > 0;

    /// <summary>Records how many silos are connected.</summary>
    public void SetConnected(int connected) => _connected = connected;

    /// <summary>Returns whether to try again after the cluster was not reached, when it is time to do so.</summary>
    public async Task<bool> WaitToRetryAsync(Exception failure, CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(_began) + Pause > timeout) return false;
        await Task.Delay(Pause, time, cancellationToken);
        return true;
    }
}
