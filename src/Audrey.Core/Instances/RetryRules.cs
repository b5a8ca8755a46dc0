using System.Collections.Immutable;
using Audrey.Core.Completion;
using Audrey.Core.Replay;

namespace Audrey.Core.Instances;

/// <summary>Decides which services of an instance run again at a conductor's command.</summary>
public static class RetryRules
{
    /// <summary>A guest that listens makes a request at least every minute.</summary>
    private static readonly TimeSpan MaxSilence = TimeSpan.FromMinutes(2);

    /// <summary>Returns the services to run again, or the reason why there are none.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="service">The name of the service. Null for all failed services of the instance.</param>
    /// <param name="mark">The mark of the command.</param>
    public static RetryDecision Decide(RegisteredInstance instance, string? service, RequestMark mark)
    {
        ArgumentNullException.ThrowIfNull(instance);
        string[] all = [.. instance.Config.Services.Select(config => config.Name)];
        if (service is not null && !all.Contains(service)) return new([], $"the instance has no service '{service}'", IsUnknown: true);
        string[] failed =
        [
            .. all.Where(name => (service ?? name) == name && Provisioning.StatusOf(instance.Reported, name) == CompletionStatus.Error),
        ];
        if (failed.Length == 0)
        {
            var what = service is null ? "no service of the instance has failed" : $"service '{service}' has not failed";
            return new([], $"{what}; only a failed service can be run again");
        }

        ImmutableArray<ServiceRetry> retries =
        [
            .. from name in failed
               let run = instance.Reported.Progress.RunOf(name)
               where run is not null
               select new ServiceRetry(name, run.HasEnded ? run.Run + 1 : run.Run, mark),
        ];
        return retries.IsEmpty
            ? new([], "the guest uses protocol version 0, 1 or 2 and cannot be told; run audrey-instance-config run --again on its machine")
            : new(retries, null);
    }

    /// <summary>
    /// Returns whether the guest is expected to learn of a command soon: it was heard from just now, and it has a pending poll or does not
    /// exit yet. A pending poll alone proves nothing, because the connection of a machine that was switched off stays open.
    /// </summary>
    /// <param name="instance">The instance.</param>
    /// <param name="hasSubscribers">Whether a gateway has a pending poll.</param>
    /// <param name="now">The current time.</param>
    public static bool IsListening(RegisteredInstance instance, bool hasSubscribers, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return now - instance.LastContact < MaxSilence
            && (hasSubscribers || instance.Config.Stays || instance.Reported.Settled is null);
    }
}

/// <summary>The services that run again.</summary>
/// <param name="Retries">The services.</param>
/// <param name="Problem">The reason why there are none. Null if there are any.</param>
/// <param name="IsUnknown">Whether the instance has no service of the given name.</param>
public readonly record struct RetryDecision(ImmutableArray<ServiceRetry> Retries, string? Problem, bool IsUnknown = false);
