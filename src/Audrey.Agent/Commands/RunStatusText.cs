using System.Globalization;
using Audrey.Agent.Processes;
using Audrey.Agent.State;

namespace Audrey.Agent.Commands;

/// <summary>Writes the status as text, one line for each fact.</summary>
internal static class RunStatusText
{
    public static void Write(RunStatus status, TextWriter output)
    {
        var boot = RunStatusFile.IsFromEarlierBoot(status) ? "; no run has started since the machine booted" : "";
        output.WriteLine($"{Describe(status.Phase)}, as of {Format(status.Written)}{boot}");
        if (status.Instance is not null)
        {
            var protocol = status.Protocol is { } version ? $" by protocol version {version}" : "";
            output.WriteLine($"instance: {status.Instance} at {status.Endpoint}{protocol}");
        }

        if (status.Problem is not null) output.WriteLine($"problem: {status.Problem} (since {Format(status.ProblemSince)})");
        if (status.NextAttempt is not null) output.WriteLine($"next attempt: {Format(status.NextAttempt)}");
        if (status.Unknown.Count > 0) output.WriteLine($"requested, but not known on this machine: {string.Join(", ", status.Unknown)}");
        if (status.Refused.Count > 0) output.WriteLine($"rejected by the server: {string.Join(", ", status.Refused)}");
        foreach (var service in status.Services)
        {
            output.WriteLine(Describe(service, hasServer: status.Instance is not null));
            foreach (var waitsFor in service.WaitsFor ?? []) output.WriteLine($"  {waitsFor}");
            foreach (var left in (service.LeftRunning ?? []).Where(left => ProcessIdentity.Find(left.Pid) == left.Start))
                output.WriteLine($"  left running: {left.Name} (process {left.Pid})");
        }
    }

    private static string Describe(ServiceRunStatus service, bool hasServer)
    {
        var state = service.State switch
        {
            ServiceRunState.Waiting => "waits for values",
            ServiceRunState.Running => $"runs since {Format(service.Started)}",
            ServiceRunState.Interrupted => $"was interrupted after its start at {Format(service.Started)}",
            _ => $"ended with {service.ExitStatus} at {Format(service.Ended)}",
        };
        var problem = service.Problem is null ? "" : $": {service.Problem}";
        var unreported = hasServer && service is { Ended: not null, Reported: not true } ? ", not reported" : "";
        return $"service {service.Name} {state}{problem}{unreported}";
    }

    private static string Describe(RunPhase phase) => phase switch
    {
        RunPhase.Starting => "starting",
        RunPhase.Waiting => "waiting",
        RunPhase.Applying => "applying",
        RunPhase.Complete => "complete",
        RunPhase.Failed => "complete, with failed services",
        RunPhase.Stopped => "stopped before it was complete",
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "Unknown phase."),
    };

    private static string Format(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "never";
}
