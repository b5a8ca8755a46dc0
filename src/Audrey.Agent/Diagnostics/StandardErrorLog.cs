namespace Audrey.Agent.Diagnostics;

/// <summary>Writes the log to standard error. The system's journal adds the time.</summary>
internal sealed class StandardErrorLog : IAgentLog
{
    public void Write(string message) => Console.Error.WriteLine(message);
}
