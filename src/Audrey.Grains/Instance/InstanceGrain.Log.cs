using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Instance;

internal sealed partial class InstanceGrain
{
    [LoggerMessage(LogLevel.Warning, "Instance {Instance}: the time of the last contact was not written")]
    private static partial void LogContactNotWritten(ILogger logger, string instance, Exception exception);

    [LoggerMessage(
        LogLevel.Warning, "Instance {Instance}: the write that ends its previous secret failed; the guest's next request tries it again")]
    private static partial void LogSecretNotEnded(ILogger logger, string instance, Exception exception);
}
