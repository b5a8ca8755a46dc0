using Audrey.Core.Graphs;
using Audrey.Core.Instances;
using Audrey.Core.Registration;
using Audrey.Core.Text;

namespace Audrey.Core.Statuses;

/// <summary>Finds the causes that keep a deployable from completing, one sentence for each. Times are in UTC.</summary>
internal static class Diagnosis
{
    /// <summary>
    /// Returns the causes in this order: unfinished operations, guests that were never heard from, failed services, hanging services, and
    /// missing values with the longest wait first.
    /// </summary>
    public static IEnumerable<string> Of(DeployableHeader header, IReadOnlyCollection<InstanceStatus> instances)
    {
        var names = new InstanceNames(instances.Select(instance => (instance.Id, instance.Assembly)));
        return
        [
            .. Unfinished(header, instances.Count),
            .. from instance in instances
               where instance.LastContact is null
               select $"{names.Format(instance.Id)} was never heard of since it was registered at {UtcTime.Format(instance.Registered)}",
            .. instances.SelectMany(instance => Failures(instance, names)),
            .. instances.Where(instance => instance.LastContact is not null).SelectMany(instance => Hanging(instance, names)),
            .. MissingValue.OldestFirst(instances.SelectMany(instance => instance.Services)).Select(missing => missing.ToString()),
        ];
    }

    private static IEnumerable<string> Unfinished(DeployableHeader header, int registered)
    {
        if (header.Launch is { Sealed: null } launch)
        {
            yield return $"its registration, begun at {UtcTime.Format(launch.Begun)}, is not finished: "
                + $"{registered} of {launch.Instances} instances are registered; the same registration again goes on with it";
        }

        if (header.Scaling is { } scaling)
        {
            yield return $"the scaling of group '{scaling.Assembly}' to {scaling.Count} instances is not finished; "
                + "the same scaling again goes on with it";
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
                ? $"{name} was given its configuration at {UtcTime.Format(started)} and has not ended: {contact}"
                : $"{name} has all values and has not ended: {contact}";
        }
    }
}
