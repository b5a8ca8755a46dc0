using System.Globalization;
using Audrey.Abstractions;
using Audrey.Core.Ids;

namespace Audrey.Grains.Sets;

/// <summary>Creates references to sets.</summary>
internal static class SetKeys
{
    public static IMembersGrain Members(this IGrainFactory grains, DeployableId deployable, long incarnation) =>
        grains.Reference<IMembersGrain>(Key(incarnation, deployable.Value));

    public static IDeployablesGrain Deployables(this IGrainFactory grains, ConductorKey conductor) =>
        grains.Reference<IDeployablesGrain>(new SetKey(0, conductor.Value).ToString());

    public static string Key(long incarnation, string owner) =>
        new SetKey(0, string.Create(CultureInfo.InvariantCulture, $"{incarnation}:{owner}")).ToString();
}
