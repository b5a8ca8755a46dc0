namespace Audrey.Core.Access;

/// <summary>The permissions of a credential. The numbers are stored. Each role includes the permissions of the lower roles.</summary>
public enum ConductorRole
{
    /// <summary>
    /// A caller with this role can read deployables, statuses and events. It is never sent a secret, and it cannot change any data.
    /// </summary>
    Viewer = -1,

    /// <summary>
    /// A caller with this role can also launch, scale, replace and delete. The role is the default, so credentials that were stored without
    /// a role have it.
    /// </summary>
    Operator = 0,

    /// <summary>
    /// A caller with this role can also administer the cluster: the conductors' credentials, the keys and the audit trail.
    /// </summary>
    Administrator = 1,
}
