using System.Collections.Immutable;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Instances;

namespace Audrey.Client.Statuses;

/// <summary>Makes a deployable's status of what it and its instances report. Pure: the time is that of the cluster's answer.</summary>
internal static class DeployableStatuses
{
    public static DeployableStatus Of(DeployableHeader header, IEnumerable<InstanceReport> reports)
    {
        var (instances, waits, deadlocks) = StatusJoin.Deployable(reports);
        var status = Provisioning.OfDeployable([.. instances.Select(instance => instance.Report)]);
        var isLaunching = header.Launch is { Sealed: null };
        var isUnfinished = isLaunching || instances.Any(instance => instance.Report.Status == CompletionStatus.Incomplete);
        ImmutableArray<string> launching = isLaunching
            ?
            [
                $"its registration, begun at {Diagnosis.Time(header.Launch!.Begun)}, is not finished: {instances.Length} of {header.Launch.Instances} instances are registered; "
                + "the same registration again goes on with it",
            ]
            : [];
        ImmutableArray<string> scaling = header.Scaling is { } scale
            ? [$"the scaling of group '{scale.Assembly}' to {scale.Count} instances is not finished; the same scaling again goes on with it"]
            : [];
        return new DeployableStatus
        {
            Id = header.Id,
            Name = header.Name,
            Registered = header.Registered,
            AsOf = header.AsOf,
            IsBeingDeleted = header.Deleting,
            IsLaunching = isLaunching,
            Expected = header.Launch?.Instances,
            Deadline = header.Launch?.Deadline,
            IsTimedOut = isUnfinished && header.Launch?.Deadline <= header.AsOf,
            Status = isLaunching && status == CompletionStatus.Success ? CompletionStatus.Incomplete : status,
            Completed = instances.Count(instance => instance.Report.Status == CompletionStatus.Success),
            Instances = instances,
            Waits = waits,
            Deadlocks = deadlocks,
            Diagnosis = [.. launching, .. scaling, .. Diagnosis.Of(instances, waits)],
        };
    }
}
