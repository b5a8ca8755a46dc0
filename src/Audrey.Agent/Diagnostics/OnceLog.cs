namespace Audrey.Agent.Diagnostics;

/// <summary>Writes each message only once. Used for warnings about data that is read repeatedly.</summary>
internal sealed class OnceLog(IAgentLog log) : IAgentLog
{
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    public void Write(string message)
    {
        if (_written.Add(message)) log.Write(message);
    }
}
