using System.Globalization;
using Audrey.Abstractions;
using Audrey.Core.Documents;
using Audrey.Core.Ids;

namespace Audrey.Grains.Sets;

/// <summary>Where each set is found.</summary>
internal static class SetKeys
{
    public static IMembersGrain Members(this IGrainFactory grains, DeployableId deployable, long incarnation) =>
        grains.Reference<IMembersGrain>(Key(incarnation, deployable.Value));

    // No id holds a slash, so the two ids cannot run into each other.
    public static IDependentsGrain Dependents(this IGrainFactory grains, DeployableId deployable, long incarnation, InstanceId provider) =>
        grains.Reference<IDependentsGrain>(Key(incarnation, deployable.Value + "/" + provider.Value));

    public static IDeployablesGrain Deployables(this IGrainFactory grains, ConductorKey conductor) =>
        grains.Reference<IDeployablesGrain>(new SetKey(0, conductor.Value).ToString());

    /// <summary>The instances that refer to each provider.</summary>
    public static Dictionary<InstanceId, List<string>> DependentsOf(IEnumerable<InstanceConfig> configs)
    {
        var dependents = new Dictionary<InstanceId, List<string>>();
        foreach (var config in configs)
        {
            foreach (var provider in config.Providers)
            {
                if (!dependents.TryGetValue(provider, out var ids)) dependents.Add(provider, ids = []);
                ids.Add(config.Id.Value);
            }
        }

        return dependents;
    }

    private static string Key(long incarnation, string owner) =>
        new SetKey(0, string.Create(CultureInfo.InvariantCulture, $"{incarnation}:{owner}")).ToString();
}
