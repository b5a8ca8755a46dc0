using System.Globalization;
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
                $"{status.Name} ({status.Id}): is being launched, {status.Instances.Length} of {status.Expected} instances "
                    + $"registered{deletion}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{status.Name} ({status.Id}): {Word(status)}, {status.Succeeded} of {status.Instances.Length} instances configured{deletion}");
    }

    /// <summary>Returns the status of a deployable as a word.</summary>
    public static string Word(DeployableStatus status) => status.IsTimedOut ? "timed out" : Word(status.Status);

    public static string Instance(InstanceStatus instance)
    {
        var contact = instance.FirstContact is null ? "not heard of yet"
            : instance.Address is null ? $"last heard of {UtcTime.Format(instance.LastContact!.Value)}"
            : $"last heard of {UtcTime.Format(instance.LastContact!.Value)} from {instance.Address}";
        return $"{instance.Assembly} ({instance.Id}): {Word(instance.Status)}, {contact}";
    }

    public static string Service(ServiceStatus service) => $"{service.Name}: " + service.Status switch
    {
        CompletionStatus.Success => "configured",
        CompletionStatus.Error => $"failed with exit status {service.ExitStatus}",
        _ when service.Started is not null => "has its configuration, is running",
        _ when service.Waits.IsEmpty => "has all its values, not fetched yet",
        _ => service.Waits.Length == 1 ? "waits for 1 value" : $"waits for {service.Waits.Length} values",
    };

    public static string Word(CompletionStatus status) => status switch
    {
        CompletionStatus.Success => "complete",
        CompletionStatus.Error => "failed",
        _ => "incomplete",
    };
}
