using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Events;
using Audrey.Core.Differences;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Instances;

/// <summary>The methods of an instance for its deployable. The same grain also implements <see cref="IGuestGrain"/>.</summary>
[Alias("audrey.IMemberGrain")]
public interface IMemberGrain : IGrainWithStringKey
{
    /// <summary>Registers the instance as part of a launch, unless the same launch has already registered it.</summary>
    [Alias("Launch")]
    Task<ConductorAnswer> Launch(InstanceLaunch launch);

    /// <summary>Returns whether the given launch has registered this instance.</summary>
    [AlwaysInterleave, Alias("IsLaunched")]
    ValueTask<bool> IsLaunched(LaunchKey launch);

    /// <summary>
    /// Returns the page of the deployable's members that this instance is on. Returns null if the given launch has not registered this
    /// instance, or if it is a prototype, which a launch does not count.
    /// </summary>
    [AlwaysInterleave, Alias("GetLaunchedPage")]
    ValueTask<int?> GetLaunchedPage(LaunchKey launch);

    /// <summary>
    /// Returns the registered configuration or the prototype that this instance is, or null if this instance is neither in the given
    /// incarnation of <paramref name="deployable"/>.
    /// </summary>
    [AlwaysInterleave, Alias("GetConfig")]
    ValueTask<InstanceConfig?> GetConfig(DeployableId deployable, long incarnation);

    /// <summary>
    /// Returns the parts of the registered configuration that other instances depend on, or null if the given launch has not registered
    /// this instance.
    /// </summary>
    [AlwaysInterleave, Alias("GetOutline")]
    ValueTask<InstanceConfig?> GetOutline(LaunchKey launch);

    /// <summary>
    /// Returns the tally of this instance, after it has pulled its providers. Null if it is not registered in the given incarnation of the
    /// deployable.
    /// </summary>
    [AlwaysInterleave, Alias("GetTally")]
    ValueTask<SourcedTally?> GetTally(DeployableId deployable, long incarnation);

    /// <summary>
    /// Returns the label of this instance or prototype, or null if it is not on the given page of the members of the given incarnation of
    /// <paramref name="deployable"/>.
    /// </summary>
    [AlwaysInterleave, Alias("GetLabel")]
    ValueTask<MemberLabel?> GetLabel(DeployableId deployable, long incarnation, int page);

    /// <summary>
    /// Compares the registered configuration, or the prototype, with another configuration of the same UUID and deployable. Returns null if
    /// this instance is neither in the given incarnation of the deployable. The answer contains no secrets.
    /// </summary>
    [AlwaysInterleave, Alias("Compare")]
    Task<InstanceDifferences?> Compare(InstanceConfig given, long incarnation);

    /// <summary>
    /// Changes the members of a group that this instance refers to. The change is durable when this method returns. This instance's values
    /// and statuses do not change.
    /// </summary>
    [Alias("Amend")]
    Task Amend(GroupChange change);

    /// <summary>
    /// Changes the conductor that the instance belongs to, if it belongs to the given incarnation of the deployable. The guest does not
    /// notice it. The change is durable when this method returns.
    /// </summary>
    [Alias("HandOver")]
    Task HandOver(DeployableId deployable, long incarnation, ConductorKey to);

    /// <summary>
    /// Tells the guest that its instance is about to be removed, if the guest can be told. The guest can hand over its work until it
    /// reports that it is done, or until the given time. What it is told is durable when this method returns. The method may be called
    /// again.
    /// </summary>
    /// <param name="deployable">The deployable.</param>
    /// <param name="incarnation">The incarnation of the deployable.</param>
    /// <param name="by">The time at which the instance is removed.</param>
    /// <returns>Whether the instance can be removed now.</returns>
    [Alias("Leave")]
    Task<bool> Leave(DeployableId deployable, long incarnation, DateTimeOffset by);

    /// <summary>
    /// Removes only this instance from its deployable. The instance's credential becomes invalid immediately, and its dependents are
    /// notified of the removal.
    /// </summary>
    [Alias("Remove")]
    Task Remove(DeployableId deployable, long incarnation);

    /// <summary>
    /// Removes this instance from its deployable like <see cref="Remove"/>, and keeps its definition and files as the prototype of its
    /// group, which is now empty.
    /// </summary>
    [Alias("Retire")]
    Task Retire(DeployableId deployable, long incarnation);

    /// <summary>
    /// Deletes the instance if it belongs to the given incarnation of the deployable. The instance's credential becomes invalid
    /// immediately.
    /// </summary>
    [Alias("Delete")]
    Task Delete(DeployableId deployable, long incarnation);
}
