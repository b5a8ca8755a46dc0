using System.Diagnostics.CodeAnalysis;
using Audrey.Gateway.Settings;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Hosting;

/// <summary>
/// Limits the resources that a connection can use before its caller is known. Bodies are limited where they are read
/// (<see cref="Requests.FormBody"/>).
/// </summary>
internal sealed partial class ServerLimits(IOptions<GatewayOptions> options, OpenFiles files, ILogger<ServerLimits> log)
    : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions server)
    {
        if (!TryRead(out var settings)) return;
        server.AddServerHeader = false;
        server.Limits.MaxConcurrentConnections = Connections(settings.MaxConnections);
        server.Limits.MaxRequestHeadersTotalSize = settings.MaxHeaderBytes;
        server.Limits.MaxRequestLineSize = settings.MaxRequestLineBytes;
        server.Limits.MaxRequestBufferSize = Math.Max(1024 * 1024, settings.MaxRequestLineBytes);
        server.Limits.RequestHeadersTimeout = settings.HeadersTimeout;
        server.Limits.KeepAliveTimeout = settings.IdleTimeout;
        // Unread bodies are drained for a few seconds, so that a client that is still sending can read its answer.
        server.Limits.MaxRequestBodySize = null;
    }

    /// <summary>
    /// Returns the maximum number of connections. It is limited by the number of open files: with more connections, the server could
    /// neither accept a connection nor open a file. Connections over the limit are closed.
    /// </summary>
    private long Connections(long wanted)
    {
        if (files.Connections is not { } possible || possible >= wanted) return wanted;
        LogFewerConnections(files.Max!.Value, possible, wanted);
        return possible;
    }

    [LoggerMessage(
        LogLevel.Warning,
        "This process may have {Files} files open, so it takes at most {Connections} connections, not the {Wanted} of "
        + "Audrey:Gateway:MaxConnections. Raise the limit (LimitNOFILE of a systemd unit, ulimit -Hn of a shell), or lower the setting")]
    private partial void LogFewerConnections(long files, long connections, long wanted);

    /// <summary>
    /// Returns false if the settings are wrong. The server is composed before the validation at start, which reports these errors together
    /// with all others.
    /// </summary>
    private bool TryRead([NotNullWhen(true)] out GatewayOptions? settings)
    {
        try
        {
            settings = options.Value;
            return true;
        }
        catch (OptionsValidationException)
        {
            settings = null;
            return false;
        }
    }
}
