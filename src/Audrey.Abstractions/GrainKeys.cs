using Audrey.Core.Ids;

namespace Audrey.Abstractions;

/// <summary>
/// The keys of grains. Each key begins with a letter that is not a hexadecimal digit. Otherwise the ADO.NET storage would read the key as a
/// number or a UUID, and would store <c>00ff</c> and <c>ff</c> in the same row.
/// </summary>
public static class GrainKeys
{
    /// <summary>The key of the only grain that holds conductors' credentials.</summary>
    public const string Credentials = "x:credentials";

    /// <summary>Returns the key of an instance's grains.</summary>
    public static string Of(InstanceId id) => "i:" + id.Value;

    /// <summary>Returns the key of a deployable's grains.</summary>
    public static string Of(DeployableId id) => "y:" + id.Value;

    /// <summary>Returns the key of a conductor's grains.</summary>
    public static string Of(ConductorKey key) => "k:" + key.Value;
}
