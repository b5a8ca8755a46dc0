using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Audrey.Connections.Tls;
using Audrey.Server.Settings;
using Orleans.Configuration;

namespace Audrey.Server.Hosting;

/// <summary>The two ports of a silo, and the connections to the ports of other silos.</summary>
internal static class SiloPorts
{
    private const string NoAddress =
        "Audrey:Silo:AdvertisedAddress is not set, and this machine has no address but loopback. "
        + "Give the address under which other servers reach this one.";

    /// <summary>Adds TLS. No other middleware of connections may be added before it, because TLS surrounds the others.</summary>
    public static void AddSiloTls(this IServiceCollection services, TlsSettings settings)
    {
        services.AddSingleton(provider => new SiloTls(
            settings.Mode, settings.Files, settings.SiloName, TimeProvider.System, provider.GetRequiredService<ILoggerFactory>()));
        services.AddOptions<SiloConnectionOptions>().Configure<SiloTls>((connections, tls) => tls.Secure(connections));
        services.AddOptions<ClientConnectionOptions>().Configure<SiloTls>((connections, tls) => tls.Secure(connections));
    }

    /// <summary>Binds the ports to an address of this machine.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="fallback">The address to use if the settings name none. Null for the machine's first address.</param>
    /// <returns>The address. Null for the machine's first address.</returns>
    /// <exception cref="SettingsException">There is no such address, or other machines could reach the ports without TLS.</exception>
    public static IPAddress? BindPorts(this ISiloBuilder silo, ServerOptions settings, IPAddress? fallback)
    {
        var address = IPAddress.TryParse(settings.Silo.AdvertisedAddress, out var given) ? given : fallback;
        if (address is null && !HasAddress()) throw new SettingsException([NoAddress]);
        if ((address is null || !IPAddress.IsLoopback(address))
            && settings.Cluster.Tls.Mode == TlsMode.Off
            && !settings.Silo.ReachableWithoutTls)
            throw new SettingsException([Unprotected(settings.Silo, address)]);
        if (address is null) silo.ConfigureEndpoints(settings.Silo.Port, settings.Silo.GatewayPort);
        else silo.ConfigureEndpoints(address, settings.Silo.Port, settings.Silo.GatewayPort);
        return address;
    }

    private static string Unprotected(SiloSettings silo, IPAddress? address) =>
        $"Other machines can reach the silo's ports {silo.Port} and {silo.GatewayPort} on "
        + $"{address?.ToString() ?? "this machine's address"}, and whoever reaches them without TLS has full control of the "
        + "cluster. Make certificates with 'audrey certificates ca' and 'audrey certificates silo NAME', and give them with "
        + "--Audrey:Cluster:Tls:Mode=Require, --Audrey:Cluster:Tls:Authorities=FILE, "
        + "--Audrey:Cluster:Tls:Certificate=FILE and --Audrey:Cluster:Tls:Key=FILE. If this is the only server, "
        + "--Audrey:Silo:AdvertisedAddress=127.0.0.1 suffices. If your network protects the ports, --Audrey:Silo:ReachableWithoutTls=true "
        + "lets the server start without TLS.";

    private static bool HasAddress() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network.OperationalStatus == OperationalStatus.Up)
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .Any(unicast => unicast.Address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(unicast.Address));
}
