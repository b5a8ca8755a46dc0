using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Instances;

/// <summary>The methods of an instance for its deployable. The grain is the same as that of <see cref="IGuestGrain"/>.</summary>
[Alias("audrey.IMemberGrain")]
public interface IMemberGrain : IGrainWithStringKey
{
    /// <summary>Registers the instance as part of a launch, unless the same launch has already registered it.</summary>
    [Alias("Launch")]
    Task<ConductorAnswer> Launch(InstanceLaunch launch);

    /// <summary>Returns whether that launch has registered this instance.</summary>
    [AlwaysInterleave, Alias("IsLaunched")]
    ValueTask<bool> IsLaunched(LaunchKey launch);

    /// <summary>
    /// Returns the registered configuration, or null if this instance is no member of that incarnation of <paramref name="deployable"/>.
    /// </summary>
    [AlwaysInterleave, Alias("GetConfig")]
    ValueTask<InstanceConfig?> GetConfig(DeployableId deployable, long incarnation);

    /// <summary>
    /// Changes the members of a group that this instance refers to. The change is durable when it returns. Values and statuses stay.
    /// </summary>
    [Alias("Amend")]
    Task Amend(GroupChange change);

    /// <summary>
    /// Removes only this instance from its deployable. Its credential becomes invalid immediately, and its dependents are notified that it
    /// is gone.
    /// </summary>
    [Alias("Remove")]
    Task Remove(DeployableId deployable, long incarnation);

    /// <summary>
    /// Deletes the instance if it belongs to that incarnation of the deployable. Its credential becomes invalid immediately.
    /// </summary>
    [Alias("Delete")]
    Task Delete(DeployableId deployable, long incarnation);
}
