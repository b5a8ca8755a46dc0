using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Deployable;

internal sealed partial class DeployableGrain
{
    [LoggerMessage(LogLevel.Information, "Group {Assembly} of deployable {Deployable} is being scaled to {Count} instances")]
    private static partial void LogScalingBegins(ILogger logger, string deployable, string assembly, int count);

    [LoggerMessage(LogLevel.Information, "Group {Assembly} of deployable {Deployable} is scaled")]
    private static partial void LogScalingEnds(ILogger logger, string deployable, string assembly);

    [LoggerMessage(LogLevel.Information, "Deployable {Deployable} is being deleted")]
    private static partial void LogDeletionBegins(ILogger logger, string deployable);

    [LoggerMessage(LogLevel.Information, "Deployable {Deployable} is deleted")]
    private static partial void LogDeletionEnds(ILogger logger, string deployable);
}
