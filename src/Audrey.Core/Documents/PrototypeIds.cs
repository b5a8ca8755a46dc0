using System.Security.Cryptography;
using System.Text;
using Audrey.Core.Ids;

namespace Audrey.Core.Documents;

/// <summary>The ids of prototypes. They are derived, so that a repeated launch names the same instances.</summary>
public static class PrototypeIds
{
    /// <summary>Returns the id of a group's prototype: a UUID in lower case.</summary>
    /// <param name="deployable">The deployable.</param>
    /// <param name="assembly">The assembly of the group.</param>
    public static InstanceId Of(DeployableId deployable, string assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);

        // No id of a deployable contains a slash.
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"prototype/{deployable.Value}/{assembly}"));
        return InstanceId.Parse(new Guid(digest.AsSpan(0, 16)).ToString());
    }
}
