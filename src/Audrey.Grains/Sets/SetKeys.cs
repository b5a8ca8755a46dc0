using System.Globalization;
using Audrey.Core.Ids;

namespace Audrey.Grains.Sets;

/// <summary>Where each set is found.</summary>
internal static class SetKeys
{
    public static IMembersGrain Members(this IGrainFactory grains, DeployableId deployable, long incarnation) =>
        grains.GetGrain<IMembersGrain>(Key(incarnation, deployable.Value));

    // No id holds a slash, so the two ids cannot run into each other.
    public static IDependentsGrain Dependents(this IGrainFactory grains, DeployableId deployable, long incarnation, InstanceId provider) =>
        grains.GetGrain<IDependentsGrain>(Key(incarnation, deployable.Value + "/" + provider.Value));

    public static IDeployablesGrain Deployables(this IGrainFactory grains, ConductorKey conductor) =>
        grains.GetGrain<IDeployablesGrain>(new SetKey(0, conductor.Value).ToString());

    private static string Key(long incarnation, string owner) =>
        new SetKey(0, string.Create(CultureInfo.InvariantCulture, $"{incarnation}:{owner}")).ToString();
}
