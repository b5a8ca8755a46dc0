using System.Net;
using System.Net.Sockets;

namespace Audrey.Testing;

/// <summary>Finds free ports, for programs that cannot listen on port 0.</summary>
public static class FreePorts
{
    /// <summary>Returns the given number of different free ports.</summary>
    public static int[] Take(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }
}
