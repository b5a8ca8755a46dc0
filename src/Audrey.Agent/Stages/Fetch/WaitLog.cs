using Audrey.Agent.Services;
using Audrey.Agent.State;

namespace Audrey.Agent.Stages.Fetch;

/// <summary>
/// Reports the reasons why services wait. The status always contains the reasons. The log repeats the reasons when they change and at an
/// interval.
/// </summary>
internal sealed class WaitLog(RunContext run)
{
    private readonly Dictionary<string, (string Text, long Time)> _logged = new(StringComparer.Ordinal);

    /// <summary>Reports that the service waits for values.</summary>
    public void ReportWaiting(AssignedConfiguration configuration) => Report(configuration.Service, configuration.WaitsFor);

    /// <summary>Reports that the service is complete and is held back, because other services have failed.</summary>
    public void ReportHeld(string service, IEnumerable<string> failed) =>
        Report(service, [.. failed.Select(text => $"not run because {text}")]);

    private void Report(string service, IReadOnlyList<string> reasons)
    {
        var known = run.Status.Current.Services.FirstOrDefault(known => known.Name == service);
        if (known is not { State: ServiceRunState.Waiting } || !(known.WaitsFor ?? []).SequenceEqual(reasons))
            run.Status.SetService(new ServiceRunStatus { Name = service, State = ServiceRunState.Waiting, WaitsFor = reasons });
        if (reasons.Count > 0) Log(service, string.Join("; ", reasons));
    }

    private void Log(string service, string text)
    {
        // The interval is measured by the monotonic clock: the machine's time may be set back.
        var isRecent = _logged.TryGetValue(service, out var last) && run.Time.GetElapsedTime(last.Time) < run.Options.WaitLogInterval;
        if (isRecent && last.Text == text) return;
        _logged[service] = (text, run.Time.GetTimestamp());
        run.Log.Write($"{service}: {text}");
    }
}
