using Microsoft.Extensions.Logging;

namespace Audrey.Gateway.Failures;

internal sealed partial class FailureAnswers
{
    [LoggerMessage(LogLevel.Error, "{Route} failed: {Cause}.")]
    private partial void LogFailed(string route, string cause);

    [LoggerMessage(LogLevel.Warning, "{Route} was put off: {Reason} {Cause}.")]
    private partial void LogUnavailable(string route, string reason, string cause);

    [LoggerMessage(LogLevel.Warning, "{Route} broke off in its answer: {Cause}.")]
    private partial void LogBroken(string route, string cause);
}
