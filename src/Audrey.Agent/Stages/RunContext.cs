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
    /// <summary>The identity of the machine.</summary>
    public MachineIdentity Machine { get; init; } = MachineIdentity.Read();

    /// <summary>Called if a service has left processes running, whose output must be bounded after the run too.</summary>
    public Action KeepOutput { get; init; } = () => { };

    /// <summary>The source of jitter.</summary>
    public Random Random { get; init; } = Random.Shared;
}
