using Audrey.Agent.Diagnostics;

namespace Audrey.Agent.Commands;

/// <summary>Runs a command, and turns exceptions into an exit code and a message.</summary>
internal static class CommandRunner
{
    public static async Task<int> RunAsync(Func<Task<AgentExitCode>> command, IAgentLog log)
    {
        try
        {
            return (int)await command();
        }
        catch (AgentException problem)
        {
            log.Write(problem.Message);
            return (int)problem.Code;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.Write($"A file cannot be read or written: {failure.Message}");
            return (int)AgentExitCode.State;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // The exception's message is omitted, because it may quote a value. The type and the stack trace are sufficient.
            log.Write($"The program has a bug: {failure.GetType().Name}{Environment.NewLine}{failure.StackTrace}");
            return (int)AgentExitCode.Internal;
        }
    }
}
