using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Deployable;

internal sealed partial class LaunchCommands
{
    [LoggerMessage(LogLevel.Information, "The launch of deployable {Deployable} with {Instances} instances begins")]
    private static partial void LogLaunchBegins(ILogger logger, string deployable, int instances);

    [LoggerMessage(LogLevel.Information, "Deployable {Deployable} is launched")]
    private static partial void LogLaunchEnds(ILogger logger, string deployable);

    [LoggerMessage(LogLevel.Information, "The launch of deployable {Deployable} has {Problems} problems and is not sealed")]
    private static partial void LogLaunchRefused(ILogger logger, string deployable, int problems);

    [LoggerMessage(
        LogLevel.Warning,
        "The launch of deployable {Deployable} has made no progress since {Progress}, and no guest was heard from. It is deleted")]
    private static partial void LogLaunchStalled(ILogger logger, string deployable, DateTimeOffset progress);
}
