using System.Globalization;
using Audrey.Core.Completion;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Audrey.Core.Text;

namespace Audrey.Cli.Output;

/// <summary>Describes deployables, instances and services in one line each.</summary>
internal static class StatusText
{
    public static string Deployable(DeployableStatus status)
    {
        var deletion = status.IsBeingDeleted ? ", is being deleted" : "";
        if (status.IsLaunching)
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{status.Name} ({status.Id}): is being launched, {status.Counts.Instances} of {status.Expected} instances "
                    + $"registered{deletion}");
        var outOfDate = status.OutOfDateCount is var count and > 0
            ? string.Create(CultureInfo.InvariantCulture, $", {count} out of date")
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{status.Name} ({status.Id}): {Word(status)}, {status.Succeeded} of {status.Counts.Instances} instances configured"
                + $"{outOfDate}{Silent(status.Counts)}{deletion}");
    }

    /// <summary>Returns the numbers of instances by state in words.</summary>
    public static string Counts(DeployableStatus status)
    {
        var counts = status.Counts;
        var outOfDate = counts.OutOfDate > 0 ? string.Create(CultureInfo.InvariantCulture, $", {counts.OutOfDate:N0} out of date") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{counts.Failed:N0} failed, {counts.NeverHeardFrom:N0} not heard from yet, {counts.Incomplete:N0} incomplete otherwise, "
                + $"{counts.Complete:N0} complete{outOfDate}{Silent(counts)}");
    }

    /// <summary>Returns since when an instance has been silent in words, or null if it is not.</summary>
    public static string? Silent(InstanceStatus instance) =>
        instance.SilentSince is { } since ? $"silent since {UtcTime.Format(since)}" : null;

    private static string Silent(InstanceCounts counts) =>
        counts.Silent > 0 ? string.Create(CultureInfo.InvariantCulture, $", {counts.Silent:N0} silent") : "";

    /// <summary>Returns the status of a deployable as a word.</summary>
    public static string Word(DeployableStatus status) => status.IsTimedOut ? "timed out" : Word(status.Status);

    /// <summary>Returns the label and the UUID of an instance, or its assembly and UUID if it has no other label.</summary>
    public static string Name(InstanceStatus instance) => InstanceLabels.Describe(instance.Label, instance.Assembly, instance.Id.Value);

    public static string Instance(InstanceStatus instance)
    {
        var contact = instance.FirstContact is null ? "not heard from yet"
            : instance.Address is null ? $"last heard from {UtcTime.Format(instance.LastContact!.Value)}"
            : $"last heard from {UtcTime.Format(instance.LastContact!.Value)} at {instance.Address}";
        var wrong = WrongSecrets(instance) is { } sentence ? $", {sentence}" : "";
        var leaves = instance.LeaveBy is { } leaveBy ? $", leaves by {UtcTime.Format(leaveBy)}" : "";
        var outOfDate = OutOfDate(instance) is { } late ? $", {late}" : "";
        var notGiven = instance.FirstContact is not null && NotGiven(instance) is { } values ? $", {values}" : "";
        var silent = Silent(instance) is { } quiet ? $", {quiet}" : "";
        return $"{Name(instance)}: {Word(instance.Status)}, {contact}{leaves}{notGiven}{outOfDate}{silent}{wrong}";
    }

    /// <summary>Returns since when the guest has not applied the newest configuration in words, or null if it has.</summary>
    public static string? OutOfDate(InstanceStatus instance) => instance switch
    {
        { OutOfDateSince: { } since } => $"out of date since {UtcTime.Format(since)}",
        { MaybeOutOfDateSince: { } since } => $"not known to have applied its configuration of {UtcTime.Format(since)}",
        _ => null,
    };

    /// <summary>Returns the values that the guest has not given yet in words, or null if there are none.</summary>
    public static string? NotGiven(InstanceStatus instance) =>
        instance.NotYetProvided.IsEmpty ? null : $"has not given yet: {string.Join(", ", instance.NotYetProvided)}";

    /// <summary>Returns the number of requests with a wrong secret in words, or null if there were none.</summary>
    public static string? WrongSecrets(InstanceStatus instance) => instance.WrongSecrets is not { } wrong ? null
        : $"{wrong.Count} {(wrong.Count == 1 ? "request" : "requests")} with a wrong secret since {UtcTime.Format(wrong.Since)}";

    public static string Service(ServiceStatus service) => $"{service.Name}: {State(service)}{RunAgain(service)}";

    public static string Word(CompletionStatus status) => status switch
    {
        CompletionStatus.Success => "complete",
        CompletionStatus.Error => "failed",
        _ => "incomplete",
    };

    /// <summary>Returns the place of a status in an order that begins with what needs attention most.</summary>
    public static int Urgency(CompletionStatus status) => status switch
    {
        CompletionStatus.Error => 0,
        CompletionStatus.Incomplete => 1,
        _ => 2,
    };

    private static string State(ServiceStatus service) => service.Status switch
    {
        CompletionStatus.Success => "configured",
        CompletionStatus.Error => $"failed with exit status {service.ExitStatus}",
        _ when service.Started is not null => "has its configuration and is running",
        _ when service.Waits.IsEmpty => "has all its values but has not fetched them yet",
        _ => service.Waits.Length == 1 ? "waits for 1 value" : $"waits for {service.Waits.Length} values",
    };

    /// <summary>Returns words about a run under way that follows the one whose result the service has.</summary>
    private static string RunAgain(ServiceStatus service) =>
        service.Ended is not null && service.Runs is [.., { Ended: null, Started: { } started } again]
            ? $"; run {again.Run} has been under way since {UtcTime.Format(started)}"
            : "";
}
