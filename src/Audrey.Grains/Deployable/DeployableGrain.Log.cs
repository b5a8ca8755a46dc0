using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Deployable;

internal sealed partial class DeployableGrain
{
    [LoggerMessage(LogLevel.Information, "Deployable {Deployable} is being deleted")]
    private static partial void LogDeletionBegins(ILogger logger, string deployable);

    [LoggerMessage(LogLevel.Information, "Deployable {Deployable} is deleted")]
    private static partial void LogDeletionEnds(ILogger logger, string deployable);
}
