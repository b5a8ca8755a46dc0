namespace Audrey.Agent.Diagnostics;

/// <summary>The log. The log has one line for each event. A line never contains a value.</summary>
internal interface IAgentLog
{
    void Write(string message);
}
