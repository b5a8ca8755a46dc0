using Audrey.Core.Events;

namespace Audrey.Core.Instances;

/// <summary>The end of the output of each run, as the event of the end of the run has it.</summary>
internal static class RunOutputs
{
    /// <summary>The size of what is kept of a run that succeeded. Such runs are many, and few people read what they wrote.</summary>
    private const int MaxBytesOfSuccess = 512;

    /// <summary>Returns what the event of the end of a run has of its output. Null if there is none.</summary>
    public static string? ForEvent(this ServiceRun run) =>
        run is { Output: { } output, ExitStatus: 0 } ? OutputMask.Tail(output, [], MaxBytesOfSuccess) : run.Output;

    /// <summary>Returns the milestones in which the notes of the ends of these runs have the outputs.</summary>
    /// <param name="milestones">The milestones.</param>
    /// <param name="generation">The generation of the instance.</param>
    /// <param name="runs">The runs that the row of the instance will not have any more.</param>
    public static Milestones WithOutputs(this Milestones milestones, long generation, IEnumerable<ServiceRun> runs)
    {
        if (milestones.Recent.IsEmpty) return milestones;
        foreach (var run in runs)
            if (run.HasEnded && run.ForEvent() is { } output) milestones = milestones.WithOutput(generation, run.Service, run.Run, output);
        return milestones;
    }
}
