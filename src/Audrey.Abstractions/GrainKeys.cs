using Audrey.Core.Ids;

namespace Audrey.Abstractions;

/// <summary>
/// Keys of grains. Each begins with a letter that is no hexadecimal digit: the ADO.NET storage takes keys that parse as numbers
/// or UUIDs for something else and would fold <c>00ff</c> into <c>ff</c>.
/// </summary>
public static class GrainKeys
{
    /// <summary>Key of the one grain that holds conductors' credentials.</summary>
    public const string Credentials = "x:credentials";

    /// <summary>Key of an instance's grains.</summary>
    public static string Of(InstanceId id) => "i:" + id.Value;

    /// <summary>Key of a deployable's grains.</summary>
    public static string Of(DeployableId id) => "y:" + id.Value;

    /// <summary>Key of a conductor's grains.</summary>
    public static string Of(ConductorKey key) => "k:" + key.Value;
}
