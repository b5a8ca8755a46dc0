using Microsoft.Extensions.Logging;

namespace Audrey.Client.Connection;

internal static partial class ClientConnectionLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection to the cluster could not be closed and is dropped.")]
    public static partial void LogClosingFailed(this ILogger logger, Exception exception);
}
