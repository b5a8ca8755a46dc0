using Audrey.Abstractions.Deployables;
using Audrey.Core.Instances;

namespace Audrey.Client.Statuses;

/// <summary>Makes a deployable's status of what it and its instances report. Pure: the time is that of the cluster's answer.</summary>
internal static class DeployableStatuses
{
    public static DeployableStatus Of(DeployableHeader header, IEnumerable<InstanceReport> reports)
    {
        var (instances, waits) = StatusJoin.Deployable(reports);
        var standing = DeployableStanding.Of(header, [.. instances.Select(instance => instance.Report)]);
        return new DeployableStatus
        {
            Id = header.Id,
            Name = header.Name,
            Registered = header.Registered,
            AsOf = header.AsOf,
            IsBeingDeleted = header.Deleting,
            IsLaunching = standing.IsLaunching,
            Expected = header.Launch?.Instances,
            Deadline = header.Launch?.Deadline,
            IsTimedOut = standing.IsTimedOut,
            Status = standing.Status,
            Completed = instances.Count(instance => instance.Report.Status == CompletionStatus.Success),
            Instances = instances,
            Waits = waits,
            Deadlocks = standing.Deadlocks,
            Diagnosis = standing.Causes,
        };
    }
}
