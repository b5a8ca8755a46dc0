namespace Audrey.Agent.Commands;

/// <summary>The log: standard error, a line for each event, which the journal of the system dates. Never a value.</summary>
internal static class Log
{
    public static void Write(string message) => Console.Error.WriteLine(message);
}
