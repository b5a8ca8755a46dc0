using Audrey.Cli.Exit;
using Audrey.Core.Completion;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Audrey.Core.Text;
using Spectre.Console;

namespace Audrey.Cli.Output;

/// <summary>Prints the status of a deployable.</summary>
internal static class StatusPrinter
{
    /// <summary>Returns the exit code for a deployable with this status.</summary>
    public static ExitCode CodeOf(DeployableStatus status) =>
        status.Status == CompletionStatus.Error ? ExitCode.Failed
        : status.IsTimedOut ? ExitCode.TimedOut
        : status.OutOfDateCount > 0 ? ExitCode.OutOfDate
        : ExitCode.Ok;

    /// <summary>Returns the exit code for an instance with this status.</summary>
    public static ExitCode CodeOf(InstanceStatus status) =>
        status.Status == CompletionStatus.Error ? ExitCode.Failed
        : status.OutOfDateSince is not null ? ExitCode.OutOfDate
        : ExitCode.Ok;

    public static Color Colour(CompletionStatus status) => status switch
    {
        CompletionStatus.Success => Color.Green,
        CompletionStatus.Error => Color.Red,
        _ => Color.Default,
    };

    /// <summary>
    /// Prints a line for each instance and each service, the end of the output of each failed service, and the causes that prevent the
    /// deployable from completing.
    /// </summary>
    public static void PrintSummary(this Terminal terminal, DeployableStatus status)
    {
        terminal.Line(StatusText.Deployable(status), Colour(status.Status));
        foreach (var instance in status.Instances) PrintInstance(terminal, instance);
        PrintDiagnosis(terminal, status);
    }

    /// <summary>
    /// Prints a line for an instance and for each of its services, and the end of the output of each failed service. If there is not enough
    /// room for all services, the failed ones come first, then the incomplete ones, and a line counts those that are left out.
    /// </summary>
    /// <param name="terminal">The terminal.</param>
    /// <param name="instance">The instance.</param>
    /// <param name="room">The number of lines after which no further service is begun. At least one service is printed.</param>
    /// <returns>The number of lines.</returns>
    public static int PrintInstance(Terminal terminal, InstanceStatus instance, int room = int.MaxValue)
    {
        terminal.Line($"  {StatusText.Instance(instance)}", Colour(instance.Status));
        var (lines, printed) = (1, 0);
        IEnumerable<ServiceStatus> services = instance.Services;
        if (instance.Services.Length >= room) services = services.OrderBy(service => StatusText.Urgency(service.Status));
        foreach (var service in services)
        {
            if (printed > 0 && lines >= room) break;
            terminal.Line($"    {StatusText.Service(service)}", Colour(service.Status));
            lines++;
            printed++;
            if (service.Status == CompletionStatus.Error) lines += PrintOutput(terminal, service.Output, "      ");
        }

        var left = instance.Services.Length - printed;
        if (left == 0) return lines;
        terminal.Line(FormattableString.Invariant($"    and {left:N0} more {(left == 1 ? "service" : "services")}; see: ")
            + $"audrey describe {instance.Id}");
        return lines + 1;
    }

    /// <summary>Prints all data of the deployable, with the times and the end of the output of each run.</summary>
    public static void PrintReport(this Terminal terminal, DeployableStatus status)
    {
        terminal.Line(StatusText.Deployable(status), Colour(status.Status));
        var until = status.Deadline is { } deadline ? $", to be complete by {UtcTime.Format(deadline)}" : "";
        terminal.Line($"  registered {UtcTime.Format(status.Registered)}{until}");
        foreach (var instance in status.Instances)
        {
            terminal.Line();
            terminal.Line($"  {StatusText.Name(instance)}: {StatusText.Word(instance.Status)}", Colour(instance.Status));
            Time("registered", instance.Registered);
            Time("first heard from", instance.FirstContact);
            Time("last heard from", instance.LastContact, instance.Address is { } address ? $" from {address}" : "");
            if (StatusText.WrongSecrets(instance) is { } wrong) terminal.Line($"    {wrong}", Color.Yellow);
            Time("completed", instance.Completed);
            Time("applied its configuration", instance.Applied);
            if (StatusText.OutOfDate(instance) is { } outOfDate) terminal.Line($"    {outOfDate}", Color.Yellow);
            if (StatusText.Silent(instance) is { } silent) terminal.Line($"    {silent}", Color.Yellow);
            var isDue = instance.Status != CompletionStatus.Success && instance.Deadline != status.Deadline;
            if (isDue) Time("to be complete by", instance.Deadline);
            if (StatusText.NotGiven(instance) is { } notGiven) terminal.Line($"    {notGiven}");
            foreach (var service in instance.Services)
            {
                terminal.Line($"    service {StatusText.Service(service)}", Colour(service.Status));
                terminal.PrintRuns(service, "      ");
            }
        }

        if (!status.Diagnosis.IsEmpty || !status.OutOfDate.IsEmpty || !status.Silent.IsEmpty || !status.Deadlocks.IsEmpty) terminal.Line();
        PrintDiagnosis(terminal, status);

        void Time(string what, DateTimeOffset? time, string more = "") => PrintTime(terminal, $"    {what}", time, more);
    }

    /// <summary>Prints the times and the end of the output of each known run of a service.</summary>
    public static void PrintRuns(this Terminal terminal, ServiceStatus service, string indent)
    {
        if (service.Runs is null)
        {
            PrintTime(terminal, $"{indent}began", service.Started);
            PrintTime(terminal, $"{indent}ended", service.Ended);
            return;
        }

        foreach (var run in service.Runs)
        {
            var duration = run.Duration is { } known ? FormattableString.Invariant($" after {known.TotalSeconds:0.###} s") : "";
            PrintTime(terminal, $"{indent}run {run.Run} began", run.Started);
            PrintTime(terminal, $"{indent}run {run.Run} ended", run.Ended, $" with exit status {run.ExitStatus}{duration}");
            PrintOutput(terminal, run.Output, indent);
        }
    }

    private static void PrintTime(Terminal terminal, string what, DateTimeOffset? time, string more = "")
    {
        if (time is { } known) terminal.Line($"{what} {UtcTime.Format(known)}{more}");
    }

    private static int PrintOutput(Terminal terminal, string? output, string indent)
    {
        string[] lines = [.. OutputLines.Of(output)];
        foreach (var line in lines) terminal.Line(indent + line);
        return lines.Length;
    }

    private static void PrintDiagnosis(Terminal terminal, DeployableStatus status)
    {
        foreach (var cause in status.Diagnosis) terminal.Line($"  {cause}", Color.Yellow);
        foreach (var sentence in status.OutOfDate.Except(status.Diagnosis)) terminal.Line($"  {sentence}", Color.Yellow);
        foreach (var sentence in status.Silent) terminal.Line($"  {sentence}", Color.Yellow);
        foreach (var cycle in status.Deadlocks) terminal.Line($"  never starts: {cycle}", Color.Red);
    }
}
