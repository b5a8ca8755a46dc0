namespace Audrey.Agent.Diagnostics;

/// <summary>The log. It has one line for each event, and a line never holds a value.</summary>
internal interface IAgentLog
{
    void Write(string message);
}
