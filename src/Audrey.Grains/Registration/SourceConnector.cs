using System.Net;
using System.Net.Sockets;

namespace Audrey.Grains.Registration;

/// <summary>
/// Opens the connections for fetching sources. The connector resolves the host name, checks the address and connects to the checked
/// address. So a name whose address changes in the meantime does not evade the check.
/// </summary>
internal sealed class SourceConnector(AddressGuard guard)
{
    /// <summary>Connects to a host. This is the callback for <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="SourceRefusedException">No address of the host is allowed.</exception>
    public async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        var host = context.DnsEndPoint.Host;
        var resolved = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellation);
        var allowed = Array.FindAll(resolved, address => guard.WhyRefused(address) is null);
        if (allowed.Length == 0) throw Refusal(resolved);

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private SourceRefusedException Refusal(IPAddress[] resolved) => resolved.Length == 0
        ? new SourceRefusedException("has a host without an address")
        : new SourceRefusedException(
            $"leads to {resolved[0]}, {guard.WhyRefused(resolved[0])}, from which files are not fetched; "
            + $"an operator can allow it with {SourceFetchOptions.Section}:{nameof(SourceFetchOptions.AllowedNetworks)}");
}

/// <summary>A source was refused. The message completes a sentence that begins with the URL.</summary>
internal sealed class SourceRefusedException(string message) : Exception(message);
