using Microsoft.Extensions.Logging;

namespace Audrey.Client.Connection;

internal static partial class ClusterConnectionLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection to the cluster did not close in order; it is dropped.")]
    public static partial void LogClosingFailed(this ILogger logger, Exception exception);
}
