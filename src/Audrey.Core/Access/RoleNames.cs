using System.Diagnostics.CodeAnalysis;

namespace Audrey.Core.Access;

/// <summary>The names of roles in commands, documents and messages.</summary>
public static class RoleNames
{
    private static readonly (ConductorRole Role, string Name)[] Names =
        [(ConductorRole.Viewer, "viewer"), (ConductorRole.Operator, "operator"), (ConductorRole.Administrator, "administrator")];

    /// <summary>Gets all names, from the role with the fewest permissions to the one with the most.</summary>
    public static IEnumerable<string> All => Names.Select(entry => entry.Name);

    /// <summary>Returns the name of a role.</summary>
    public static string NameOf(ConductorRole role) => Names.Single(entry => entry.Role == role).Name;

    /// <summary>Finds the role with a name. Names are compared exactly.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out ConductorRole role)
    {
        foreach (var entry in Names)
        {
            if (entry.Name != name) continue;
            role = entry.Role;
            return true;
        }

        role = default;
        return false;
    }
}
