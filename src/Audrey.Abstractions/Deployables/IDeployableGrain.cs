using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Deployables;

/// <summary>One deployable: its owner and its members. The key is <see cref="GrainKeys.Of(DeployableId)"/>.</summary>
[Alias("audrey.IDeployableGrain")]
public interface IDeployableGrain : IGrainWithStringKey
{
    /// <summary>Returns the description of the deployable, or null if there is no deployable with that id.</summary>
    [AlwaysInterleave, Alias("GetHeader")]
    Task<DeployableHeader?> GetHeader();

    /// <summary>Returns the reports of one page of members, at most a few hundred. Each member is on one page.</summary>
    /// <param name="page">The page's number, 0 to <see cref="DeployableHeader.Pages"/> - 1.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    [AlwaysInterleave, Alias("GetReports")]
    Task<ImmutableArray<InstanceReport>> GetReports(int page, CancellationToken cancellationToken = default);

    /// <summary>Deletes the deployable, its instances and their credentials. The intent is durable before anything is deleted.</summary>
    [ResponseTimeout("00:10:00"), Alias("Delete")]
    Task<ConductorAnswer> Delete(ConductorCommand command);

    /// <summary>
    /// Admits an instance, and creates the deployable if this is its first. Called by instances. An admitted instance is durably among the
    /// members when this returns, so a deletion that begins afterwards finds it.
    /// </summary>
    [AlwaysInterleave, Alias("Join")]
    Task<JoinAnswer> Join(Joining joining);

    /// <summary>
    /// Begins a launch and creates its deployable, or finds the same launch if it has begun before. The launch is durable when this
    /// returns.
    /// </summary>
    [Alias("BeginLaunch")]
    Task<LaunchAnswer> BeginLaunch(LaunchRequest request);

    /// <summary>Admits instances of a launch that is under way. They are durably among the members when this returns.</summary>
    [AlwaysInterleave, Alias("JoinLaunch")]
    Task<LaunchJoined> JoinLaunch(LaunchKey launch, ImmutableArray<InstanceId> instances);

    /// <summary>Ends a launch after all its instances were registered.</summary>
    [Alias("SealLaunch")]
    Task<ConductorAnswer> SealLaunch(LaunchKey launch);

    /// <summary>Deletes the deployable and all instances that its launch has registered so far, unless the launch was sealed.</summary>
    [ResponseTimeout("00:10:00"), Alias("AbandonLaunch")]
    Task<ConductorAnswer> AbandonLaunch(LaunchKey launch);

    /// <summary>
    /// Scales a group. The intent is durable before any step is carried out. If an earlier scaling is unfinished, it is finished first.
    /// </summary>
    [ResponseTimeout("00:10:00"), Alias("Scale")]
    Task<ScaleAnswer> Scale(ScaleRequest request);

    /// <summary>
    /// Resumes a deletion or a scaling that was cut short. Deletes the deployable of a launch that has stalled, and determines whether a
    /// deadline that has passed was missed.
    /// </summary>
    /// <returns>When this must be called again, or null if nothing is unfinished.</returns>
    [ResponseTimeout("00:10:00"), Alias("Resume")]
    Task<DateTimeOffset?> Resume();
}

/// <summary>An instance that joins.</summary>
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

/// <summary>The answer to an instance that joins.</summary>
/// <param name="Outcome"><see cref="ConductorOutcome.Done"/>, <see cref="ConductorOutcome.NotYours"/> or <see
/// cref="ConductorOutcome.BeingDeleted"/>.</param>
/// <param name="Incarnation">The deployable's incarnation. It rises each time a deployable with that id is created again.</param>
/// <param name="Page">The instance's page among the members.</param>
[GenerateSerializer, Immutable, Alias("audrey.JoinAnswer")]
public sealed record JoinAnswer(
    [property: Id(0)] ConductorOutcome Outcome, [property: Id(1)] long Incarnation, [property: Id(2)] int Page);
