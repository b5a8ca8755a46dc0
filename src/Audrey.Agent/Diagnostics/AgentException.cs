namespace Audrey.Agent.Diagnostics;

/// <summary>Ends the run, because waiting would not help. The message names the cause and the remedy, and never contains a value.</summary>
internal sealed class AgentException : Exception
{
    public AgentException(AgentExitCode code, string message)
        : base(message) => Code = code;

    public AgentException(AgentExitCode code, string message, Exception cause)
        : base(message, cause) => Code = code;

    public AgentExitCode Code { get; }
}
