using Audrey.Agent.Diagnostics;

namespace Audrey.Agent.Tests.Support;

/// <summary>A log that keeps its lines in memory.</summary>
internal sealed class RecordingLog : IAgentLog
{
    public List<string> Lines { get; } = [];

    public void Write(string message) => Lines.Add(message);
}
