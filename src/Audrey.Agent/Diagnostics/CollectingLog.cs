namespace Audrey.Agent.Diagnostics;

/// <summary>Passes each message on, and also keeps it.</summary>
internal sealed class CollectingLog(IAgentLog log) : IAgentLog
{
    private readonly List<string> _messages = [];

    public IReadOnlyList<string> Messages => _messages;

    public void Write(string message)
    {
        _messages.Add(message);
        log.Write(message);
    }
}
