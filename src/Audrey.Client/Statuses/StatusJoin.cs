using System.Collections.Immutable;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;

namespace Audrey.Client.Statuses;

/// <summary>Joins what an instance waits for with what its providers report of themselves.</summary>
internal static class StatusJoin
{
    /// <summary>The instances that <paramref name="report"/> waits for, each once.</summary>
    public static IReadOnlyCollection<InstanceId> ProvidersOf(InstanceReport report) =>
        report.Services.SelectMany(service => service.Unresolved).Select(unresolved => unresolved.Reference.Provider).ToHashSet();

    /// <summary>One instance with its waits.</summary>
    /// <param name="report">The instance.</param>
    /// <param name="providers">Reports of its providers, in any deployable; those not registered are left out.</param>
    public static InstanceStatus Instance(InstanceReport report, IReadOnlyDictionary<InstanceId, InstanceReport> providers)
    {
        var waits =
            from service in report.Services
            from unresolved in service.Unresolved
            orderby unresolved.Since
            select new Wait
            {
                Instance = report.Id,
                InstanceName = report.Name,
                Service = service.Name,
                Parameter = unresolved.Name,
                Kind = unresolved.Reference.Kind,
                Name = unresolved.Reference.Name,
                Reason = unresolved.Reason,
                Since = unresolved.Since,
                Group = unresolved.Group,
                HasAlternatives = unresolved.HasAlternatives,
                GroupGiven = unresolved.Count?.Given,
                GroupNeeded = unresolved.Count?.Needed,
                Provider = ProviderOf(unresolved.Reference.Provider, report.Deployable, providers),
            };
        return new InstanceStatus { Report = report, Waits = [.. waits] };
    }

    /// <summary>All instances of a deployable, with their waits.</summary>
    public static (ImmutableArray<InstanceStatus> Instances, ImmutableArray<Wait> Waits) Deployable(IEnumerable<InstanceReport> reports)
    {
        var members = new Dictionary<InstanceId, InstanceReport>();
        foreach (var report in reports) members[report.Id] = report;
        var instances = members.Values
            .OrderBy(report => report.Name, StringComparer.Ordinal)
            .ThenBy(report => report.Id.Value, StringComparer.Ordinal)
            .Select(report => Instance(report, members))
            .ToImmutableArray();
        var waits = instances.SelectMany(instance => instance.Waits).OrderBy(wait => wait.Since).ToImmutableArray();
        return (instances, waits);
    }

    /// <summary>An instance of another deployable gives nothing to this one, so it counts as not registered, and nothing of it is told.</summary>
    private static Provider ProviderOf(InstanceId id, DeployableId deployable, IReadOnlyDictionary<InstanceId, InstanceReport> providers)
    {
        if (!providers.TryGetValue(id, out var report) || report.Deployable != deployable)
        {
            return new Provider { Id = id, IsRegistered = false };
        }

        return new Provider
        {
            Id = id,
            IsRegistered = true,
            Name = report.Name,
            Status = report.Status,
            FirstContact = report.FirstContact,
            LastContact = report.LastContact,
            Address = report.Address,
            FailedServices = WaitProvider.FailuresOf(report),
        };
    }
}
