using Audrey.Agent.Commands;

namespace Audrey.Agent;

/// <summary>Why a run cannot go on whatever it waits for. Its message names the cause and the remedy, never a value.</summary>
internal sealed class AgentException : Exception
{
    public AgentException(ExitCode code, string message)
        : base(message) => Code = code;

    public AgentException(ExitCode code, string message, Exception cause)
        : base(message, cause) => Code = code;

    public ExitCode Code { get; }
}
