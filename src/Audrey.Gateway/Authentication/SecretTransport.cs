using System.Net;
using Audrey.Gateway.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Authentication;

/// <summary>Decides whether a secret is allowed on a connection.</summary>
internal sealed class SecretTransport(IOptions<GatewayOptions> options)
{
    private readonly bool _allowsPlain = options.Value.BasicWithoutTls;

    /// <summary>Returns true if the connection uses TLS or comes from this machine, or if the operator allows plain HTTP.</summary>
    public bool MayCarrySecret(HttpContext http) =>
        _allowsPlain
        || http.Request.IsHttps
        || http.Connection.RemoteIpAddress is not { } remote
        || IPAddress.IsLoopback(remote);
}
