using Audrey.Abstractions.Connections;
using Audrey.Server.Settings;

namespace Audrey.Server.Hosting;

/// <summary>
/// A client's connection to the cluster. During the start, failed attempts to connect are repeated for a while. Afterwards, the connection
/// is monitored.
/// </summary>
internal sealed class ClusterConnectionMonitor(TimeSpan timeout, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly long _began = time.GetTimestamp();
    private volatile int _connected = 1;
    private volatile ProofRefusedException? _refusal;

    /// <summary>Gets a value indicating whether a silo is connected. The server's start does not end before a silo is connected.</summary>
    public bool IsUp => _connected > 0;

    /// <summary>Records why a silo refused the connection. Null if the silo accepted it.</summary>
    public void SetRefusal(ProofRefusedException? refused) => _refusal = refused;

    /// <summary>Records how many silos are connected.</summary>
    public void SetConnected(int connected) => _connected = connected;

    /// <summary>Waits until it is time for the next attempt to reach the cluster. Returns whether to make the attempt.</summary>
    public async Task<bool> WaitToRetryAsync(Exception failure, CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(_began) + Pause > timeout)
        {
            // The last refusal is reported, because the failure of the last attempt may say only that the attempt came too soon.
            return _refusal is { } refused ? throw new SettingsException([refused.Message]) : false;
        }

        await Task.Delay(Pause, time, cancellationToken);
        return true;
    }
}
