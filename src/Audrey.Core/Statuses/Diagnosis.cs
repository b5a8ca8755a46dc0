using Audrey.Core.Completion;
using Audrey.Core.Graphs;
using Audrey.Core.Instances;
using Audrey.Core.Registration;
using Audrey.Core.Text;

namespace Audrey.Core.Statuses;

/// <summary>Finds the causes that keep a deployable from completing, one sentence for each. Times are in UTC.</summary>
internal static class Diagnosis
{
    /// <summary>
    /// Returns the causes in this order: unfinished operations, guests that were never heard from, failed services, services without all
    /// their files, values of the wrong type, hanging services, and missing values with the longest wait first.
    /// </summary>
    public static IEnumerable<string> Of(DeployableSummary summary, IReadOnlyCollection<InstanceStatus> instances)
    {
        var names = new InstanceNames(instances.Select(instance => (instance.Id, instance.Assembly)));
        return
        [
            .. Unfinished(summary, instances.Count),
            .. from instance in instances
               where instance.LastContact is null
               select $"{names.Format(instance.Id)} has not been heard from since "
                   + $"it was registered at {UtcTime.Format(instance.Registered)}",
            .. instances.SelectMany(instance => Failures(instance, names)),
            .. from instance in instances
               from service in instance.Services
               where service.Problem is not null && service.Status != CompletionStatus.Success
               select $"{names.Format(new ServiceNode(instance.Id, service.Name))} was registered without all its files: {service.Problem}",
            .. from instance in instances
               from service in instance.Services
               where service.Status != CompletionStatus.Success
               from wrong in service.WrongValues
               select $"{names.Format(new ServiceNode(instance.Id, service.Name))} has a wrong value: {wrong}",
            .. instances.Where(instance => instance.LastContact is not null).SelectMany(instance => Hanging(instance, names)),
            .. MissingValue.OldestFirst(instances.SelectMany(instance => instance.Services)).Select(missing => missing.ToString()),
        ];
    }

    private static IEnumerable<string> Unfinished(DeployableSummary summary, int registered)
    {
        if (summary.Launch is { Sealed: null } launch)
        {
            yield return $"its registration, which began at {UtcTime.Format(launch.Begun)}, is not finished: "
                + $"{registered} of {launch.Instances} instances are registered; send the same registration again to continue it";
        }

        if (summary.Scaling is { } scaling)
        {
            yield return $"the scaling of group '{scaling.Assembly}' to {scaling.Count} instances is not finished; "
                + "send the same request again to continue it";
        }
    }

    private static IEnumerable<string> Failures(InstanceStatus instance, InstanceNames names) =>
        from service in instance.Services
        where service.Status == CompletionStatus.Error
        let when = service.Ended is { } ended ? $" at {UtcTime.Format(ended)}" : ""
        select $"{names.Format(new ServiceNode(instance.Id, service.Name))} failed with exit status '{service.ExitStatus?.Trim()}'{when}";

    private static IEnumerable<string> Hanging(InstanceStatus instance, InstanceNames names)
    {
        var contact = $"its guest was {MissingValueText.Contact(instance.LastContact!.Value, instance.Address)}";
        var missing = string.Join(", ", instance.NotYetProvided.Select(name => $"'{name}'"));
        if (missing.Length > 0) yield return $"{names.Format(instance.Id)} has not given {missing}: {contact}";
        foreach (var service in instance.Services)
        {
            if (service.Status != CompletionStatus.Incomplete || !service.Waits.IsEmpty) continue;
            var name = names.Format(new ServiceNode(instance.Id, service.Name));
            yield return service.Started is { } started
                ? $"{name} received its configuration at {UtcTime.Format(started)} and has not ended: {contact}"
                : $"{name} has all values and has not ended: {contact}";
        }
    }
}
