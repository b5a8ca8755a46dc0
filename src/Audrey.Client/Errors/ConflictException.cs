using Audrey.Core.Ids;

namespace Audrey.Client;

/// <summary>What stands in the way of a registration.</summary>
public enum ConflictReason
{
    /// <summary>The instance's UUID is used by another deployable. Give the instance another UUID, or delete the other deployable.</summary>
    InstanceIdInUse,

    /// <summary>The deployable, or the instance, belongs to another conductor. Use another id.</summary>
    AnotherConductor,

    /// <summary>The deployable was still being deleted when the deadline passed. Register again later.</summary>
    BeingDeleted,

    /// <summary>
    /// The deployable is registered already, and what was given now is not the same. Delete it first, or register instances one by one.
    /// </summary>
    AlreadyRegistered,
}

/// <summary>A registration meets something that is there already. Nothing of it was changed.</summary>
public sealed class ConflictException : AudreyException
{
    internal ConflictException(string message, ConflictReason reason, InstanceId instance, DeployableId deployable, DeployableId? holder)
        : base(message)
    {
        Reason = reason;
        Instance = instance;
        Deployable = deployable;
        Holder = holder;
    }

    /// <summary>What stands in the way.</summary>
    public ConflictReason Reason { get; }

    /// <summary>The instance that was to be registered.</summary>
    public InstanceId Instance { get; }

    /// <summary>The deployable that it was to be registered in.</summary>
    public DeployableId Deployable { get; }

    /// <summary>The deployable that holds the instance's UUID; null when that is not known or belongs to another conductor.</summary>
    public DeployableId? Holder { get; }
}
