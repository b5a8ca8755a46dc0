using Audrey.Core.Statuses;

namespace Audrey.Cli.Connection;

/// <summary>Finds a run in the status of a service.</summary>
internal static class KnownRuns
{
    /// <summary>
    /// Returns the run with this number. Null if the server does not know it any more. <c>ServiceStatus.Output</c> belongs to the last run
    /// that has ended, which can be another run.
    /// </summary>
    public static ServiceRunSummary? RunOf(this ServiceStatus service, long? run) =>
        service.Runs?.FirstOrDefault(known => known.Run == run);
}
