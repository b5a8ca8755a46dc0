namespace Audrey.Agent.Diagnostics;

/// <summary>Writes each message only once. Used for warnings about data that is read repeatedly, also by several readers at once.</summary>
internal sealed class OnceLog(IAgentLog log) : IAgentLog
{
    /// <summary>The number of messages that are remembered. Afterwards all messages are written again.</summary>
    private const int MaxMessages = 256;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    public void Write(string message)
    {
        lock (_lock)
        {
            if (_written.Count >= MaxMessages) _written.Clear();
            if (_written.Add(message)) log.Write(message);
        }
    }
}
