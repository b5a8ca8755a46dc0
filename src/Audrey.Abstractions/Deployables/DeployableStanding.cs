using System.Collections.Immutable;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Audrey.Core.Text;

namespace Audrey.Abstractions.Deployables;

/// <summary>How a deployable stands as a whole. Pure: the time is that of the cluster's answer.</summary>
public sealed record DeployableStanding
{
    /// <summary>The worst of its instances; incomplete while it has none, or its registration is not finished.</summary>
    public required CompletionStatus Status { get; init; }

    /// <summary>Whether its registration has begun and is not finished.</summary>
    public required bool IsLaunching { get; init; }

    /// <summary>Whether its deadline has passed while something is incomplete.</summary>
    public required bool IsTimedOut { get; init; }

    /// <summary>What keeps it from completing, a sentence for each cause.</summary>
    public required ImmutableArray<string> Causes { get; init; }

    /// <summary>Services that wait for one another's end, each ring as <c>web[http] -> db[mysql] -> web[http]</c>.</summary>
    public required ImmutableArray<string> Deadlocks { get; init; }

    /// <summary>How it stands by what it says of itself and what its instances report, each once.</summary>
    public static DeployableStanding Of(DeployableHeader header, IReadOnlyCollection<InstanceReport> reports)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(reports);
        var status = Provisioning.OfDeployable([.. reports]);
        var isLaunching = header.Launch is { Sealed: null };
        var isUnfinished = isLaunching || reports.Any(report => report.Status == CompletionStatus.Incomplete);
        return new()
        {
            Status = isLaunching && status == CompletionStatus.Success ? CompletionStatus.Incomplete : status,
            IsLaunching = isLaunching,
            IsTimedOut = isUnfinished && header.Launch?.Deadline <= header.AsOf,
            Causes = [.. Unfinished(header, reports.Count), .. Diagnosis.Of(reports)],
            Deadlocks = [.. Core.Statuses.Deadlocks.Of(reports)],
        };
    }

    private static IEnumerable<string> Unfinished(DeployableHeader header, int registered)
    {
        if (header.Launch is { Sealed: null } launch)
        {
            yield return $"its registration, begun at {UtcTime.Format(launch.Begun)}, is not finished: {registered} of {launch.Instances} instances are registered; "
                + "the same registration again goes on with it";
        }

        if (header.Scaling is { } scaling)
            yield return $"the scaling of group '{scaling.Assembly}' to {scaling.Count} instances is not finished; the same scaling again goes on with it";
    }
}
