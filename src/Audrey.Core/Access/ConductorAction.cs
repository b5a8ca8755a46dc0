namespace Audrey.Core.Access;

/// <summary>The kinds of operations that roles distinguish.</summary>
public enum ConductorAction
{
    /// <summary>Reading deployables, statuses and events.</summary>
    Read,

    /// <summary>Launching, scaling, replacing and deleting, and receiving the secrets of instances.</summary>
    Change,

    /// <summary>Administering the cluster.</summary>
    Administer,
}

/// <summary>Decides which operations a role permits. No other class decides this.</summary>
public static class RolePermissions
{
    /// <summary>Returns whether a role permits a kind of operation.</summary>
    public static bool Permits(this ConductorRole role, ConductorAction action) => role >= RequiredRole(action);

    /// <summary>Returns the lowest role that permits a kind of operation.</summary>
    public static ConductorRole RequiredRole(ConductorAction action) => action switch
    {
        ConductorAction.Read => ConductorRole.Viewer,
        ConductorAction.Change => ConductorRole.Operator,
        _ => ConductorRole.Administrator,
    };
}

/// <summary>The message for callers whose role does not permit an operation.</summary>
public static class RoleRefusal
{
    /// <summary>Returns the message, which names the caller's role and the role that the operation requires.</summary>
    public static string Describe(ConductorRole role, ConductorAction action) =>
        $"The credential's role is {RoleNames.NameOf(role)}, and this operation requires the role "
        + $"{RoleNames.NameOf(RolePermissions.RequiredRole(action))}. "
        + "Use another credential, or ask an administrator of the cluster for one.";
}
