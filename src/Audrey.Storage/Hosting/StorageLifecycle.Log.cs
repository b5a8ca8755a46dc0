using Microsoft.Extensions.Logging;

namespace Audrey.Storage.Hosting;

internal sealed partial class StorageLifecycle
{
    [LoggerMessage(LogLevel.Information, "Storage on {Kind} is open; {HotProvider} stores the hot states.")]
    private static partial void LogOpened(ILogger logger, StorageKind kind, HotProvider hotProvider);

    [LoggerMessage(LogLevel.Information, "Storage and membership use {Connections}.")]
    private static partial void LogConnections(ILogger logger, string connections);

    [LoggerMessage(LogLevel.Information, "Storage has finished every accepted write and accepts no more writes.")]
    private static partial void LogStopped(ILogger logger);
}
