using Audrey.Core.Statuses;

namespace Audrey.Cli.Connection;

/// <summary>Finds a run in the status of a service.</summary>
internal static class KnownRuns
{
    /// <summary>
    /// Returns the run with this number. Null if the server does not know it any more. The other times and the output of a service are
    /// those of its last run that has ended, which need not be this run.
    /// </summary>
    public static ServiceRunSummary? RunOf(this ServiceStatus service, long? run) =>
        service.Runs?.FirstOrDefault(known => known.Run == run);
}
