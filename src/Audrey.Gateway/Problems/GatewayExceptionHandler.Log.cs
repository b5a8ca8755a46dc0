using Microsoft.Extensions.Logging;

namespace Audrey.Gateway.Problems;

internal sealed partial class GatewayExceptionHandler
{
    [LoggerMessage(LogLevel.Error, "{Route} failed: {Cause}.")]
    private partial void LogFailed(string route, string cause);

    [LoggerMessage(LogLevel.Warning, "{Route} was answered with status 503: {Reason} {Cause}.")]
    private partial void LogUnavailable(string route, string reason, string cause);

    [LoggerMessage(LogLevel.Warning, "The answer to {Route} was cut off: {Cause}.")]
    private partial void LogBroken(string route, string cause);
}
