using System.Diagnostics.CodeAnalysis;
using Audrey.Gateway.Settings;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Hosting;

/// <summary>
/// Limits the resources that a connection can use before its caller is known. Bodies are limited where they are read
/// (<see cref="Requests.BodyReader"/>).
/// </summary>
internal sealed partial class ServerLimits(IOptions<GatewayOptions> options, OpenFiles files, ILogger<ServerLimits> log)
    : IConfigureOptions<KestrelServerOptions>
{
    private const int UnreadBytes = 128 * 1024;

    public void Configure(KestrelServerOptions server)
    {
        if (!TryRead(out var settings)) return;
        server.AddServerHeader = false;
        server.Limits.MaxConcurrentConnections = Connections(settings.MaxConnections);
        server.Limits.MaxRequestHeadersTotalSize = settings.MaxHeaderBytes;
        server.Limits.MaxRequestLineSize = settings.MaxRequestLineBytes;
        // A connection holds this much of a body before anyone reads the body, also of an unknown sender.
        server.Limits.MaxRequestBufferSize = Math.Max(UnreadBytes, Math.Max(settings.MaxRequestLineBytes, settings.MaxHeaderBytes));
        server.Limits.Http2.InitialConnectionWindowSize = UnreadBytes;
        server.Limits.Http2.InitialStreamWindowSize = UnreadBytes;
        server.Limits.RequestHeadersTimeout = settings.HeadersTimeout;
        server.Limits.KeepAliveTimeout = settings.IdleTimeout;
        // Unread bodies are drained for a few seconds, so that a client that is still sending can read its answer.
        server.Limits.MaxRequestBodySize = null;
    }

    /// <summary>
    /// Returns the maximum number of connections. The number of open files limits the connections. With more connections, the server could
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
        "This process may open {Files} files, so it accepts {Connections} connections and not the {Wanted} of "
        + "Audrey:Gateway:MaxConnections. Raise the limit (LimitNOFILE of a systemd unit, ulimit -Hn of a shell), or lower the setting")]
    private partial void LogFewerConnections(long files, long connections, long wanted);

    /// <summary>
    /// Returns false if the settings are wrong. Wrong settings can occur here, because the server is composed before the validation at the
    /// start, which reports all errors together.
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
