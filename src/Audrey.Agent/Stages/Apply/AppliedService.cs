using Audrey.Agent.State;

namespace Audrey.Agent.Stages.Apply;

/// <summary>A service that has run.</summary>
/// <param name="Record">The record of the run. The run has ended.</param>
/// <param name="Provided">The values that the service provided. Empty if the service was not run again.</param>
internal sealed record AppliedService(ServiceRecord Record, IReadOnlyDictionary<string, byte[]> Provided)
{
    public int ExitStatus => Record.ExitStatus ?? throw new InvalidOperationException("The run has not ended.");
}
