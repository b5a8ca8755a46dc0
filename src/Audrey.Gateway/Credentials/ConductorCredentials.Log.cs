using Microsoft.Extensions.Logging;

namespace Audrey.Gateway.Credentials;

public sealed partial class ConductorCredentials
{
    [LoggerMessage(LogLevel.Information, "No conductor is configured: the conductor's credential is in {Path}.")]
    private static partial void LogFromFile(ILogger log, string path);

    [LoggerMessage(LogLevel.Warning, "The secret of conductor {Key} has fewer than {Length} characters; a longer one is harder to guess.")]
    private static partial void LogShortSecret(ILogger log, string key, int length);
}
