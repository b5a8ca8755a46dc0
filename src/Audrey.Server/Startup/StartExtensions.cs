using System.Net.Sockets;
using Audrey.Server.Settings;
using Microsoft.Extensions.Options;

namespace Audrey.Server.Startup;

/// <summary>Starts the server completely or not at all.</summary>
internal static class StartExtensions
{
    /// <summary>
    /// Starts the server. If a part of the server cannot start, the parts that have started are stopped in order. So a silo that has joined
    /// its cluster leaves the cluster and is not declared dead.
    /// </summary>
    /// <exception cref="SettingsException">
    /// A port of the silo is in use. The message names the ports, because the socket's own error does not.
    /// </exception>
    public static async Task StartOrStopAsync(this WebApplication server)
    {
        try
        {
            await server.StartAsync();
        }
        catch (Exception failure)
        {
            await StopAsync(server);
            if (!IsPortOfSilo(failure)) throw;
            throw new SettingsException([PortInUse(server.Services.GetRequiredService<IOptions<ServerOptions>>().Value.Silo)]);
        }
    }

    private static async Task StopAsync(WebApplication server)
    {
        try
        {
            await server.StopAsync();
        }
        catch (Exception second) when (second is not OutOfMemoryException)
        {
            // The first failure, which explains why the server did not start, is reported instead.
        }
    }

    // Kestrel wraps the socket's error in an exception that names the address.
    private static bool IsPortOfSilo(Exception? failure)
    {
        for (; failure is not null and not IOException; failure = failure.InnerException)
            if (failure is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }) return true;

        return false;
    }

    private static string PortInUse(SiloSettings silo) =>
        $"The silo's port {silo.Port} (--Audrey:Silo:Port) or its port for clients {silo.GatewayPort} (--Audrey:Silo:GatewayPort) is in "
        + "use. Stop the program that listens there, or give other ports.";
}
