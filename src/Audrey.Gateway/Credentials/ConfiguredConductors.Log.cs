using Microsoft.Extensions.Logging;

namespace Audrey.Gateway.Credentials;

public sealed partial class ConfiguredConductors
{
    [LoggerMessage(
        LogLevel.Warning, "The secret of conductor {Key} has fewer than {Length} characters. A longer secret is harder to guess.")]
    private static partial void LogShortSecret(ILogger log, string key, int length);

    [LoggerMessage(
        LogLevel.Warning,
        "Conductor {Key} may leave its forms unsigned (UnsignedForms). An attacker who captures one of its requests can replace the "
        + "document or the tarball in it. Have the conductor sign its forms, and remove the setting.")]
    private static partial void LogUnsignedForms(ILogger log, string key);

    [LoggerMessage(
        LogLevel.Warning, "The key of conductor {Key} contains a colon. Protocol versions 0 to 2 accept this key, but version 3 does not.")]
    private static partial void LogColon(ILogger log, string key);
}
