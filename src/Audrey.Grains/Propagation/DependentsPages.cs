using Audrey.Abstractions;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Grains.Sets;

namespace Audrey.Grains.Propagation;

/// <summary>Finds the dependents of instances.</summary>
internal static class DependentsPages
{
    // No id contains a slash, so the two ids in the key are never ambiguous.
    public static IDependentsGrain Dependents(this IGrainFactory grains, DeployableId deployable, long incarnation, InstanceId provider) =>
        grains.Reference<IDependentsGrain>(SetKeys.Key(incarnation, deployable.Value + "/" + provider.Value));

    /// <summary>Returns the instances that refer to each provider.</summary>
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
}
