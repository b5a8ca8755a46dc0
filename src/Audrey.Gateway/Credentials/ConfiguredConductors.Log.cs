using Microsoft.Extensions.Logging;

namespace Audrey.Gateway.Credentials;

public sealed partial class ConfiguredConductors
{
    [LoggerMessage(LogLevel.Information, "No conductor is configured: the conductor's credential is in {Path}.")]
    private static partial void LogFromFile(ILogger log, string path);

    [LoggerMessage(LogLevel.Warning, "The secret of conductor {Key} has fewer than {Length} characters; a longer one is harder to guess.")]
    private static partial void LogShortSecret(ILogger log, string key, int length);

    [LoggerMessage(
        LogLevel.Warning, "The key of conductor {Key} contains a colon, so version 3 of the protocol cannot accept it; versions 0 to 2 can.")]
    private static partial void LogColon(ILogger log, string key);
}
