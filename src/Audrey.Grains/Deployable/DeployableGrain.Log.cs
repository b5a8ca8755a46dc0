using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Deployable;

internal sealed partial class DeployableGrain
{
    [LoggerMessage(LogLevel.Information, "The launch of deployable {Deployable} with {Instances} instances begins")]
    private static partial void LogLaunchBegins(ILogger logger, string deployable, int instances);

    [LoggerMessage(LogLevel.Information, "Deployable {Deployable} is launched")]
    private static partial void LogLaunchEnds(ILogger logger, string deployable);

    [LoggerMessage(
        LogLevel.Warning,
        "The launch of deployable {Deployable} has made no progress since {Progress}, and no guest of it was heard of: it is deleted")]
    private static partial void LogLaunchStalled(ILogger logger, string deployable, DateTimeOffset progress);

    [LoggerMessage(LogLevel.Information, "Group {Assembly} of deployable {Deployable} is being scaled to {Count} instances")]
    private static partial void LogScalingBegins(ILogger logger, string deployable, string assembly, int count);

    [LoggerMessage(LogLevel.Information, "Group {Assembly} of deployable {Deployable} is scaled")]
    private static partial void LogScalingEnds(ILogger logger, string deployable, string assembly);

    [LoggerMessage(LogLevel.Information, "Deployable {Deployable} is being deleted")]
    private static partial void LogDeletionBegins(ILogger logger, string deployable);

    [LoggerMessage(LogLevel.Information, "Deployable {Deployable} is deleted")]
    private static partial void LogDeletionEnds(ILogger logger, string deployable);
}
