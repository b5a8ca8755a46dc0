using Microsoft.Extensions.Logging;

namespace Audrey.Storage.Hosting;

internal sealed partial class StorageLifecycle
{
    [LoggerMessage(LogLevel.Information, "Storage on {Kind} is open; hot states go through {HotProvider}.")]
    private static partial void LogOpened(ILogger logger, StorageKind kind, HotProvider hotProvider);

    [LoggerMessage(LogLevel.Information, "Storage has finished every accepted write and accepts no more.")]
    private static partial void LogStopped(ILogger logger);
}
