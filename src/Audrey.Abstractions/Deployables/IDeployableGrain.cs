using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Events;
using Audrey.Core.Differences;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Limits;
using Audrey.Core.Statuses;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Deployables;

/// <summary>One deployable, with its owner and its members. The key is <see cref="GrainKeys.Of(DeployableId)"/>.</summary>
[Alias("audrey.IDeployableGrain")]
public interface IDeployableGrain : IGrainWithStringKey
{
    /// <summary>Returns the description of the deployable, or null if there is no deployable with that id.</summary>
    [AlwaysInterleave, Alias("GetHeader")]
    Task<DeployableHeader?> GetHeader();

    /// <summary>Returns the conductor that owns the deployable, or null if there is no deployable with that id.</summary>
    [AlwaysInterleave, Alias("GetOwner")]
    ValueTask<ConductorKey?> GetOwner();

    /// <summary>Returns what the deployable counts for in the quotas of a conductor. Null if it is not one of the conductor's.</summary>
    [AlwaysInterleave, Alias("GetUsage")]
    Task<DeployableUsage?> GetUsage(ConductorKey conductor);

    /// <summary>
    /// Hands the deployable to another conductor. The intent is durable before any step is carried out. Refused while the deployable is
    /// being launched, scaled or deleted.
    /// </summary>
    [AlwaysInterleave, ResponseTimeout("00:10:00"), Alias("HandOver")]
    Task<ConductorAnswer> HandOver(ConductorKey to);

    /// <summary>
    /// Begins to hand the deployable to another conductor, as <see cref="HandOver"/> does. The intent is durable when this method returns,
    /// and the hand-over continues by itself.
    /// </summary>
    [AlwaysInterleave, Alias("BeginHandOver")]
    Task<ConductorAnswer> BeginHandOver(ConductorKey to);

    /// <summary>Returns the owner of the deployable. Null if there is no deployable with that id.</summary>
    [AlwaysInterleave, Alias("GetOwnership")]
    ValueTask<Ownership?> GetOwnership();

    /// <summary>Returns the reports of one page of members, at most a few hundred. Each member is on one page.</summary>
    /// <param name="page">The page's number, 0 to <see cref="DeployableHeader.Pages"/> - 1.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    [AlwaysInterleave, Alias("GetReports")]
    Task<ImmutableArray<InstanceReport>> GetReports(int page, CancellationToken cancellationToken = default);

    /// <summary>Returns the tallies of the registered instances on one page of members.</summary>
    /// <param name="page">The page's number, 0 to <see cref="DeployableHeader.Pages"/> - 1.</param>
    [AlwaysInterleave, ResponseTimeout("00:05:00"), Alias("GetTallies")]
    Task<ImmutableArray<SourcedTally>> GetTallies(int page);

    /// <summary>Returns the labels of one page of members and prototypes. Each of them is on one page.</summary>
    /// <param name="page">The page's number, 0 to <see cref="DeployableHeader.Pages"/> - 1.</param>
    [AlwaysInterleave, Alias("GetLabels")]
    Task<ImmutableArray<MemberLabel>> GetLabels(int page);

    /// <summary>Deletes the deployable, its instances and their credentials. The intent is durable before the first deletion.</summary>
    [ResponseTimeout("00:10:00"), Alias("Delete")]
    Task<ConductorAnswer> Delete(ConductorCommand command);

    /// <summary>
    /// Begins the deletion of the deployable. The intent is durable when this method returns, and the deletion continues by itself. If the
    /// deletion is already under way, the answer is <see cref="ConductorOutcome.Done"/> as well.
    /// </summary>
    [AlwaysInterleave, Alias("BeginDelete")]
    Task<ConductorAnswer> BeginDelete(ConductorCommand command);

    /// <summary>
    /// Remembers a command that was refused before it reached the deployable, if the conductor may act on the deployable. So the command is
    /// not carried out when it is sent again. Returns <see cref="ConductorOutcome.Done"/> only if the command was carried out before.
    /// </summary>
    [Alias("Refuse")]
    Task<ConductorAnswer> Refuse(ConductorCommand command);

    /// <summary>
    /// Adds an instance to the members, and creates the deployable if this is its first instance. Called by instances. An admitted instance
    /// is durably among the members when this method returns. So a deletion that begins later also deletes the instance.
    /// </summary>
    [AlwaysInterleave, Alias("Join")]
    Task<JoinAnswer> Join(Joining joining);

    /// <summary>
    /// Notes a deadline, so that it is judged when it has passed. Called by an instance before it is replaced with a deadline.
    /// </summary>
    [AlwaysInterleave, Alias("ExpectBy")]
    Task ExpectBy(long incarnation, DateTimeOffset deadline);

    /// <summary>
    /// Begins a launch and creates its deployable. If the same launch has already begun, returns that launch. The launch is durable when
    /// this method returns.
    /// </summary>
    [Alias("BeginLaunch")]
    Task<LaunchAnswer> BeginLaunch(LaunchRequest request);

    /// <summary>
    /// Adds instances of an unfinished launch to the members. The instances are durably among the members when this method returns.
    /// </summary>
    [AlwaysInterleave, Alias("JoinLaunch")]
    Task<LaunchJoined> JoinLaunch(LaunchKey launch, ImmutableArray<InstanceId> instances);

    /// <summary>
    /// Adds instances of an unfinished launch to the members, as <see cref="JoinLaunch"/> does, unless the deployable would have too many
    /// references to groups.
    /// </summary>
    [AlwaysInterleave, Alias("JoinPiece")]
    Task<LaunchJoined> JoinPiece(LaunchKey launch, ImmutableArray<JoiningInstance> instances);

    /// <summary>
    /// Ends a launch after all its instances were registered, if they fit together. <see cref="ConductorOutcome.SourcesRefused"/> is the
    /// answer if they do not.
    /// </summary>
    [ResponseTimeout("00:02:30"), Alias("SealLaunch")]
    Task<ConductorAnswer> SealLaunch(LaunchKey launch);

    /// <summary>Returns the number of instances that the launch has registered, for one page of members.</summary>
    /// <param name="launch">The launch.</param>
    /// <param name="page">The page's number, 0 to <see cref="DeployableHeader.Pages"/> - 1.</param>
    [AlwaysInterleave, Alias("CountLaunched")]
    Task<int> CountLaunched(LaunchKey launch, int page);

    /// <summary>Deletes the deployable and all instances that its launch has registered so far, unless the launch is sealed.</summary>
    [ResponseTimeout("00:10:00"), Alias("AbandonLaunch")]
    Task<ConductorAnswer> AbandonLaunch(LaunchKey launch);

    /// <summary>
    /// Begins to take a launch back, as <see cref="BeginDelete"/> begins a deletion. A sealed launch is refused with <see
    /// cref="ConductorOutcome.LaunchDiffers"/>.
    /// </summary>
    [AlwaysInterleave, Alias("BeginAbandon")]
    Task<ConductorAnswer> BeginAbandon(ConductorKey conductor, string digest);

    /// <summary>
    /// Scales a group. The intent is durable before any step is carried out. If an earlier scaling is unfinished, it is finished first.
    /// </summary>
    [ResponseTimeout("00:10:00"), Alias("Scale")]
    Task<ScaleAnswer> Scale(ScaleRequest request);

    /// <summary>
    /// Begins to scale a group. The request is durable when this method returns, and the scaling continues by itself. If the last scaling
    /// was to the same size and the group has not changed since, the result of that scaling stays.
    /// </summary>
    [AlwaysInterleave, Alias("BeginScale")]
    Task<ConductorAnswer> BeginScale(ScaleRequest request);

    /// <summary>
    /// Returns the state of the last scaling of the deployable. Null if that was a scaling of another group, or if the deployable does not
    /// belong to the conductor.
    /// </summary>
    [AlwaysInterleave, Alias("GetScaling")]
    Task<ScalingReport?> GetScaling(ConductorKey conductor, string assembly);

    /// <summary>Returns a page of the instances that the last scaling of a group added or removed.</summary>
    [AlwaysInterleave, Alias("GetScaled")]
    Task<ScaledPage> GetScaled(ScaledRequest request);

    /// <summary>
    /// Resumes a deletion or a scaling that was interrupted. Deletes the deployable of a launch that has stalled. After a deadline,
    /// determines whether the deployable missed it.
    /// </summary>
    /// <returns>The time at which this method must be called again. Null if nothing is unfinished.</returns>
    [AlwaysInterleave, ResponseTimeout("00:10:00"), Alias("Resume")]
    Task<DateTimeOffset?> Resume();
}

/// <summary>The numbers that a deployable adds to the usage of its conductor's quotas.</summary>
/// <param name="Instances">The instances that are registered, and those that will be.</param>
/// <param name="Asking">The instances that the deployable is asking its conductor for at the moment.</param>
/// <param name="IsSettled">Whether the number stays the same until the deployable asks for more instances.</param>
[GenerateSerializer, Immutable, Alias("audrey.DeployableUsage")]
public sealed record DeployableUsage(
    [property: Id(0)] int Instances, [property: Id(1)] int Asking, [property: Id(2)] bool IsSettled);

/// <summary>The owner of a deployable.</summary>
/// <param name="Conductor">The owner, or the conductor that the deployable is being handed to.</param>
/// <param name="IsUnfinished">Whether the deployable is being handed to this conductor.</param>
[GenerateSerializer, Immutable, Alias("audrey.Ownership")]
public sealed record Ownership([property: Id(0)] ConductorKey Conductor, [property: Id(1)] bool IsUnfinished);

/// <summary>An instance's request to join its deployable.</summary>
/// <param name="Instance">The instance.</param>
/// <param name="Conductor">The conductor that registers the instance.</param>
/// <param name="Name">The name of the deployable.</param>
/// <param name="Incarnation">The incarnation that the instance is already a member of, or 0.</param>
/// <param name="Page">The instance's page among the members of that incarnation.</param>
[GenerateSerializer, Immutable, Alias("audrey.Joining")]
public sealed record Joining(
    [property: Id(0)] InstanceId Instance,
    [property: Id(1)] ConductorKey Conductor,
    [property: Id(2)] string Name,
    [property: Id(3)] long Incarnation,
    [property: Id(4)] int Page);

/// <summary>The answer to an instance that joins its deployable.</summary>
/// <param name="Outcome"><see cref="ConductorOutcome.Done"/>, <see cref="ConductorOutcome.NotYours"/>, <see
/// cref="ConductorOutcome.BeingDeleted"/> or <see cref="ConductorOutcome.QuotaExceeded"/>.</param>
/// <param name="Incarnation">The deployable's incarnation, which rises each time a deployable with this id is created again.</param>
/// <param name="Page">The instance's page among the members.</param>
/// <param name="Quota">The quota that would be exceeded. Null for another outcome.</param>
[GenerateSerializer, Immutable, Alias("audrey.JoinAnswer")]
public sealed record JoinAnswer(
    [property: Id(0)] ConductorOutcome Outcome,
    [property: Id(1)] long Incarnation,
    [property: Id(2)] int Page,
    [property: Id(3)] QuotaExcess? Quota = null);
