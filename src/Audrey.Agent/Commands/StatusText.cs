using System.Globalization;
using Audrey.Agent.State;

namespace Audrey.Agent.Commands;

/// <summary>The status for people: a line for each thing that is to be known.</summary>
internal static class StatusText
{
    public static void Write(StatusDocument status, TextWriter output)
    {
        output.WriteLine($"{Words(status.Phase)}, as of {Time(status.Written)}");
        if (status.Instance is not null)
            output.WriteLine($"instance: {status.Instance} at {status.Endpoint}{(status.Protocol is { } version ? $" by protocol version {version}" : "")}");
        if (status.Trouble is not null) output.WriteLine($"trouble: {status.Trouble} (since {Time(status.TroubleSince)})");
        if (status.NextAttempt is not null) output.WriteLine($"next attempt: {Time(status.NextAttempt)}");
        if (status.Unknown.Count > 0) output.WriteLine($"asked for, and known to nothing here: {string.Join(", ", status.Unknown)}");
        if (status.Refused.Count > 0) output.WriteLine($"refused by the server: {string.Join(", ", status.Refused)}");
        foreach (var service in status.Services)
        {
            output.WriteLine(Line(service, hasServer: status.Instance is not null));
            foreach (var waitsFor in service.WaitsFor ?? []) output.WriteLine($"  {waitsFor}");
        }
    }

    private static string Line(ServiceStatus service, bool hasServer)
    {
        var line = service.State switch
        {
            ServiceState.Waiting => "waits for values",
            ServiceState.Running => $"runs since {Time(service.Started)}",
            _ => $"ended with {service.ExitStatus} at {Time(service.Ended)}",
        };
        var problem = service.Problem is null ? "" : $": {service.Problem}";
        var unreported = hasServer && service is { Ended: not null, Reported: not true } ? ", not reported" : "";
        return $"service {service.Name} {line}{problem}{unreported}";
    }

    private static string Words(Phase phase) => phase switch
    {
        Phase.Starting => "starting",
        Phase.Waiting => "waiting",
        Phase.Applying => "applying",
        Phase.Complete => "complete",
        Phase.Failed => "complete, with failed services",
        Phase.Stopped => "stopped before it was complete",
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "There is no such phase."),
    };

    private static string Time(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "never";
}
