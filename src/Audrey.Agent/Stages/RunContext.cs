using Audrey.Agent.Diagnostics;
using Audrey.Agent.State;
using Audrey.Agent.Timing;

namespace Audrey.Agent.Stages;

/// <summary>The objects that all stages of a run share.</summary>
/// <param name="State">The state directory. The caller holds its lock.</param>
/// <param name="Status">The status of the run.</param>
/// <param name="Options">The options of the run.</param>
/// <param name="Time">The clock for timestamps and time limits.</param>
/// <param name="Pause">Waits between requests.</param>
/// <param name="Log">The log.</param>
internal sealed record RunContext(
    StateDirectory State, RunStatusFile Status, RunOptions Options, TimeProvider Time, IPause Pause, IAgentLog Log)
{
    /// <summary>The source of jitter.</summary>
    public Random Random { get; init; } = Random.Shared;
}
