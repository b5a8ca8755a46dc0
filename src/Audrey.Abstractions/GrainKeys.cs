using Audrey.Core.Ids;

namespace Audrey.Abstractions;

/// <summary>
/// Keys of grains. Each key begins with a letter that is no hexadecimal digit. Otherwise the ADO.NET storage would interpret a key as a
/// number or a UUID, and would fold <c>00ff</c> into <c>ff</c>.
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
