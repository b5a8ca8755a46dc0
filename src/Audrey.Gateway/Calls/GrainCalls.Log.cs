using Microsoft.Extensions.Logging;

namespace Audrey.Gateway.Calls;

internal sealed partial class GrainCalls
{
    [LoggerMessage(LogLevel.Debug, "A call was lost ({Failure}). Attempt {Attempt} follows in {Delay}.")]
    private partial void LogRetry(int attempt, string failure, TimeSpan delay);

    [LoggerMessage(LogLevel.Warning, "A call failed after {Attempts} attempts in {Deadline}: {Failure}.")]
    private partial void LogGaveUp(int attempts, TimeSpan deadline, string failure);
}
