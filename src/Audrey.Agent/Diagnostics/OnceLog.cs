namespace Audrey.Agent.Diagnostics;

/// <summary>Passes each message on once. It is for warnings about something that is read again and again.</summary>
internal sealed class OnceLog(IAgentLog log) : IAgentLog
{
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    public void Write(string message)
    {
        if (_written.Add(message)) log.Write(message);
    }
}
