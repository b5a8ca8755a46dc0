using Microsoft.Extensions.Logging;

namespace Audrey.Storage.GroupCommit;

internal sealed partial class BatchCommitter
{
    [LoggerMessage(LogLevel.Error, "A commit of {Writes} writes failed; none of them was acknowledged.")]
    private static partial void LogFailed(ILogger logger, Exception exception, int writes);

    [LoggerMessage(LogLevel.Warning, "The outcome of a commit of {Writes} writes is unknown; the rows are read back.")]
    private static partial void LogOutcomeUnknown(ILogger logger, Exception exception, int writes);

    [LoggerMessage(LogLevel.Information, "Commits succeed again.")]
    private static partial void LogRecovered(ILogger logger);
}
