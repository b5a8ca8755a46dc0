using Audrey.Core.Completion;
using Audrey.Core.Graphs;
using Audrey.Core.Registration;
using Audrey.Core.Text;

namespace Audrey.Core.Statuses;

/// <summary>
/// Describes the obstacles that keep a deployable from being complete. Each obstacle that decided the status has a sentence. Times are in
/// UTC.
/// </summary>
internal static class Diagnosis
{
    /// <summary>
    /// Returns the sentences in this order: unfinished operations, guests that were never heard from, failed services, services with
    /// problems, values that were not given, values of the wrong type, hanging services, guests that stay and are out of date, and missing
    /// values with the longest wait first.
    /// </summary>
    /// <param name="summary">The deployable.</param>
    /// <param name="own">The obstacles that the deployable has beside those of its instances.</param>
    /// <param name="instances">The instances.</param>
    public static IEnumerable<string> Of(
        DeployableSummary summary, IReadOnlyCollection<Obstacle> own, IReadOnlyCollection<InstanceStatus> instances)
    {
        var names = InstanceSearch.NamesOf(instances);
        var obstacles = instances
            .SelectMany(instance => instance.Obstacles, (instance, obstacle) => (Instance: instance, Obstacle: obstacle))
            .ToLookup(found => found.Obstacle.Kind);
        ServiceOf[] unended = [.. obstacles[ObstacleKind.ServiceNotEnded].Select(Service)];
        return
        [
            .. own.Select(obstacle => Unfinished(obstacle, summary, instances.Count)),
            .. from found in obstacles[ObstacleKind.NeverHeardFrom]
               select $"{names.Format(found.Instance.Id)} has not been heard from since "
                   + $"it was registered at {UtcTime.Format(found.Instance.Registered)}",
            .. obstacles[ObstacleKind.ServiceFailed].Select(found => Failed(Service(found), names)),
            .. from instance in instances
               from service in instance.Services
               where service.Problem is not null && service.Status != CompletionStatus.Success
               select $"{names.Format(new ServiceNode(instance.Id, service.Name))}: {service.Problem}",
            .. from found in obstacles[ObstacleKind.ValueNotGiven]
               group found.Obstacle.Name by found.Instance into notGiven
               where notGiven.Key.LastContact is not null
               select $"{names.Format(notGiven.Key.Id)} has not given {string.Join(", ", notGiven.Select(name => $"'{name}'"))}: "
                   + Contact(notGiven.Key),
            .. from instance in instances
               from service in instance.Services
               where service.Status != CompletionStatus.Success
               from wrong in service.WrongValues
               select $"{names.Format(new ServiceNode(instance.Id, service.Name))} has a wrong value: {wrong}",
            .. from one in unended
               where one.Service is { Waits.IsEmpty: true, HeldBack: null } && one.Instance.LastContact is not null
               select Hanging(one, names),
            .. obstacles[ObstacleKind.OutOfDate].Select(found => OutOfDate(found.Instance, names)),
            .. MissingValue.OldestFirst(unended.Select(one => one.Service)).Select(missing => missing.ToString()),
        ];
    }

    /// <summary>
    /// Returns a sentence for each instance whose guest has not applied the newest configuration, or is not known to have applied it.
    /// </summary>
    public static IEnumerable<string> OutOfDate(IReadOnlyCollection<InstanceStatus> instances)
    {
        InstanceStatus[] all =
            [.. instances.Where(instance => instance.OutOfDateSince is not null || instance.MaybeOutOfDateSince is not null)];
        if (all.Length == 0) return [];
        var names = InstanceSearch.NamesOf(instances);
        return all.Select(instance => OutOfDate(instance, names));
    }

    /// <summary>Returns a sentence for each instance whose agents have stopped to send heartbeats.</summary>
    public static IEnumerable<string> Silent(IReadOnlyCollection<InstanceStatus> instances)
    {
        InstanceStatus[] all = [.. instances.Where(instance => instance.SilentSince is not null)];
        if (all.Length == 0) return [];
        var names = InstanceSearch.NamesOf(instances);
        return all.Select(instance =>
            $"{names.Format(instance.Id)} is silent: no agent on its machine has sent a heartbeat since "
                + $"{UtcTime.Format(instance.SilentSince!.Value)}; look whether the machine and its guest run");
    }

    private static string OutOfDate(InstanceStatus instance, InstanceNames names)
    {
        var who = names.Format(instance.Id);
        if (instance.OutOfDateSince is not { } since)
        {
            return $"{who} is not known to have applied its configuration of {UtcTime.Format(instance.MaybeOutOfDateSince!.Value)}: "
                + "its guest does not say what it has applied, and has received an earlier one";
        }

        var remedy = instance.Stays ? Contact(instance) : "its guest does not stay; run it again on its machine";
        return $"{who} is out of date: it has not applied its configuration of {UtcTime.Format(since)}; {remedy}";
    }

    private static ServiceOf Service((InstanceStatus Instance, Obstacle Obstacle) found) =>
        new(found.Instance, found.Instance.Services.First(service => service.Name == found.Obstacle.Name));

    /// <summary>Returns the sentence for an obstacle that the deployable has beside those of its instances.</summary>
    public static string Unfinished(Obstacle obstacle, DeployableSummary summary, int registered) => obstacle.Kind switch
    {
        ObstacleKind.RegistrationUnfinished =>
            $"its registration, which began at {UtcTime.Format(summary.Launch!.Begun)}, is not finished: "
            + $"{registered} of {summary.Launch.Instances} instances are registered; send the same registration again to continue it",
        ObstacleKind.ScalingUnfinished when summary.Scaling is { LeaveBy: { } leaveBy } leaving && leaveBy > summary.AsOf =>
            $"the scaling of group '{leaving.Assembly}' to {leaving.Count} instances is not finished: "
            + $"instances that leave have until {UtcTime.Format(leaveBy)} to hand over their work",
        ObstacleKind.ScalingUnfinished =>
            $"the scaling of group '{summary.Scaling!.Assembly}' to {summary.Scaling.Count} instances is not finished; "
            + "send the same request again to continue it",
        _ => "no instance is registered",
    };

    private static string Failed(ServiceOf failed, InstanceNames names)
    {
        var when = failed.Service.Ended is { } ended ? $" at {UtcTime.Format(ended)}" : "";
        return $"{failed.Format(names)} failed with exit status '{failed.Service.ExitStatus?.Trim()}'{when}";
    }

    private static string Hanging(ServiceOf hanging, InstanceNames names) => hanging.Service.Started is { } started
        ? $"{hanging.Format(names)} received its configuration at {UtcTime.Format(started)} and has not ended: {Contact(hanging.Instance)}"
        : $"{hanging.Format(names)} has all values and has not ended: {Contact(hanging.Instance)}";

    private static string Contact(InstanceStatus instance) =>
        $"its guest was {MissingValueText.Contact(instance.LastContact!.Value, instance.Address)}";

    private readonly record struct ServiceOf(InstanceStatus Instance, ServiceStatus Service)
    {
        public string Format(InstanceNames names) => names.Format(new ServiceNode(Instance.Id, Service.Name));
    }
}
