using System.Net;
using System.Net.Sockets;

namespace Audrey.Testing;

/// <summary>Ports that the system says are free, for what cannot take port 0 itself.</summary>
public static class FreePorts
{
    /// <summary>That many different ports.</summary>
    public static int[] Take(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }
}
