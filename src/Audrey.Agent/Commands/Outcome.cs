namespace Audrey.Agent.Commands;

/// <summary>Turns what ends a command into an exit code and a message.</summary>
internal static class Outcome
{
    public static async Task<int> OfAsync(Func<Task<ExitCode>> command)
    {
        try
        {
            return (int)await command();
        }
        catch (AgentException problem)
        {
            Log.Write(problem.Message);
            return (int)problem.Code;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.Write($"The state directory cannot be used: {failure.Message}");
            return (int)ExitCode.State;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // Its message may quote what it failed at, which may be a value: the type and the place say enough.
            Log.Write($"This is a fault of the program: {failure.GetType().Name}{Environment.NewLine}{failure.StackTrace}");
            return (int)ExitCode.Internal;
        }
    }
}
