using Microsoft.Extensions.Logging;

namespace Audrey.Connections.Tls;

internal static partial class SiloTlsLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Refusal}")]
    public static partial void LogRefusal(this ILogger logger, string refusal);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Connections without TLS to the silo's ports are accepted, because the mode of TLS is {Mode}. When every server and "
            + "client uses TLS, set the mode to Require.")]
    public static partial void LogPlainAccepted(this ILogger logger, TlsMode mode);
}
