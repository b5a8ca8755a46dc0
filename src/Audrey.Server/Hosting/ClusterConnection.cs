namespace Audrey.Server.Hosting;

/// <summary>A client's connection to the cluster: tried for a while at the start, watched afterwards.</summary>
internal sealed class ClusterConnection(TimeSpan timeout, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly long _began = time.GetTimestamp();
    private volatile int _connected = 1;

    /// <summary>Whether a silo is connected; the start does not end before one is.</summary>
    public bool IsUp => _connected > 0;

    /// <summary>Takes note of how many silos are connected.</summary>
    public void Changed(int connected) => _connected = connected;

    /// <summary>Whether to try again after the cluster was not reached.</summary>
    public async Task<bool> TryAgain(Exception failure, CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(_began) + Pause > timeout) return false;
        await Task.Delay(Pause, time, cancellationToken);
        return true;
    }
}
