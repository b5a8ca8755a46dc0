using System.Net.Sockets;
using Audrey.Server.Settings;
using Microsoft.Extensions.Options;

namespace Audrey.Server.Startup;

/// <summary>Starts the server, or leaves nothing behind that has been started.</summary>
internal static class StartSteps
{
    /// <summary>
    /// Starts the server. If a part of it cannot start, those that have are stopped in their order: a silo that joined leaves its cluster
    /// instead of being missed there.
    /// </summary>
    /// <exception cref="SettingsException">A port of the silo is in use; it names the ports, which the socket's own error does not.</exception>
    public static async Task StartOrStop(this WebApplication server)
    {
        try
        {
            await server.StartAsync();
        }
        catch (Exception failure)
        {
            await Stop(server);
            if (IsPortOfSilo(failure)) throw new SettingsException([PortInUse(server.Services.GetRequiredService<IOptions<ServerOptions>>().Value.Silo)]);
            throw;
        }
    }

    private static async Task Stop(WebApplication server)
    {
        try
        {
            await server.StopAsync();
        }
        catch (Exception second) when (second is not OutOfMemoryException)
        {
            // What is to be told is why it did not start.
        }
    }

    // Kestrel wraps the socket's error in one that names the address.
    private static bool IsPortOfSilo(Exception? failure)
    {
        for (; failure is not null and not IOException; failure = failure.InnerException)
            if (failure is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }) return true;

        return false;
    }

    private static string PortInUse(SiloSettings silo) =>
        $"The silo's port {silo.Port} (--Audrey:Silo:Port) or its port for clients {silo.GatewayPort} (--Audrey:Silo:GatewayPort) is in use. "
        + "Stop what listens there, or give other ports.";
}
