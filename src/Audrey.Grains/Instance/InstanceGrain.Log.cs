using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Instance;

internal sealed partial class InstanceGrain
{
    [LoggerMessage(LogLevel.Warning, "Instance {Instance}: its last contact was not written")]
    private static partial void LogContactNotWritten(ILogger logger, string instance, Exception exception);
}
