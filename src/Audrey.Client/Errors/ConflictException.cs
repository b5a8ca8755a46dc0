using Audrey.Core.Ids;

namespace Audrey.Client;

/// <summary>The reasons why a registration conflicts with an existing one.</summary>
public enum ConflictReason
{
    /// <summary>
    /// The instance's UUID is used by another deployable. Give the instance another UUID, or delete the other deployable.
    /// </summary>
    InstanceIdInUse,

    /// <summary>The deployable, or the instance, belongs to another conductor. Use another id.</summary>
    AnotherConductor,

    /// <summary>The deployable was still being deleted when the deadline passed. Register again later.</summary>
    BeingDeleted,

    /// <summary>
    /// The deployable is already registered with other instances or settings. <see cref="IAudreyClient.CompareDeployableAsync"/> shows what
    /// differs. Delete it first, or register instances individually.
    /// </summary>
    AlreadyRegistered,
}

/// <summary>A registration conflicts with an existing registration. Nothing was changed.</summary>
public sealed class ConflictException : AudreyException
{
    /// <summary>Creates the exception, for example in a fake of <see cref="IAudreyClient"/>.</summary>
    public ConflictException(string message, ConflictReason reason, InstanceId instance, DeployableId deployable, DeployableId? holder)
        : base(message)
    {
        Reason = reason;
        Instance = instance;
        Deployable = deployable;
        Holder = holder;
    }

    /// <summary>Gets the reason.</summary>
    public ConflictReason Reason { get; }

    /// <summary>Gets the instance that could not be registered.</summary>
    public InstanceId Instance { get; }

    /// <summary>Gets the deployable that the instance names.</summary>
    public DeployableId Deployable { get; }

    /// <summary>
    /// Gets the deployable that already uses the instance's UUID. Null if this deployable is unknown or belongs to another conductor.
    /// </summary>
    public DeployableId? Holder { get; }
}
