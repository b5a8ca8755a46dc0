using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Deployables;

/// <summary>One deployable: whose it is and which instances are its members. The key is <see cref="GrainKeys.Of(DeployableId)"/>.</summary>
[Alias("audrey.IDeployableGrain")]
public interface IDeployableGrain : IGrainWithStringKey
{
    /// <summary>What the deployable is; null when there is none of that id.</summary>
    [AlwaysInterleave, Alias("GetHeader")]
    Task<DeployableHeader?> GetHeader();

    /// <summary>The reports of one page of members, at most a few hundred; each member is on one page.</summary>
    /// <param name="page">0 to <see cref="DeployableHeader.Pages"/> - 1.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    [AlwaysInterleave, Alias("GetReports")]
    Task<ImmutableArray<InstanceReport>> GetReports(int page, CancellationToken cancellationToken = default);

    /// <summary>Deletes the deployable, its instances and their credentials. The intent is durable before anything is deleted.</summary>
    [ResponseTimeout("00:10:00"), Alias("Delete")]
    Task<ConductorAnswer> Delete(ConductorCommand command);

    /// <summary>
    /// Lets an instance in; creates the deployable for its first. Called by instances. Whoever is let in is durably among the members when
    /// this returns, so a deletion that begins afterwards finds it.
    /// </summary>
    [AlwaysInterleave, Alias("Join")]
    Task<JoinAnswer> Join(Joining joining);

    /// <summary>Begins a launch, creates the deployable with it, or finds the same launch begun before. Durable when it returns.</summary>
    [Alias("BeginLaunch")]
    Task<LaunchAnswer> BeginLaunch(LaunchRequest request);

    /// <summary>Lets instances of a launch in that is under way; they are durably among the members when this returns.</summary>
    [AlwaysInterleave, Alias("JoinLaunch")]
    Task<LaunchJoined> JoinLaunch(LaunchKey launch, ImmutableArray<InstanceId> instances);

    /// <summary>Ends a launch whose instances are all registered.</summary>
    [Alias("SealLaunch")]
    Task<ConductorAnswer> SealLaunch(LaunchKey launch);

    /// <summary>Deletes what a launch has registered so far, and the deployable with it, unless the launch was sealed.</summary>
    [ResponseTimeout("00:10:00"), Alias("AbandonLaunch")]
    Task<ConductorAnswer> AbandonLaunch(LaunchKey launch);

    /// <summary>
    /// Scales a group. The intent is durable before anything is done. A scaling that was begun before is finished first.
    /// </summary>
    [ResponseTimeout("00:10:00"), Alias("Scale")]
    Task<ScaleAnswer> Scale(ScaleRequest request);

    /// <summary>
    /// Resumes what was begun and cut short: a deletion or a scaling. Takes back a launch that has stalled, and judges a deadline that has
    /// passed.
    /// </summary>
    /// <returns>When there is more to do; null if nothing is unfinished.</returns>
    [ResponseTimeout("00:10:00"), Alias("Resume")]
    Task<DateTimeOffset?> Resume();
}

/// <summary>An instance that joins.</summary>
/// <param name="Instance">Which.</param>
/// <param name="Conductor">Who registers it.</param>
/// <param name="Name">Name of the deployable.</param>
/// <param name="Incarnation">The incarnation that it is a member of already, or 0.</param>
/// <param name="Page">Its page among the members of that.</param>
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
/// <param name="Incarnation">Raised each time a deployable of that id is created anew.</param>
/// <param name="Page">Its page among the members.</param>
[GenerateSerializer, Immutable, Alias("audrey.JoinAnswer")]
public sealed record JoinAnswer(
    [property: Id(0)] ConductorOutcome Outcome, [property: Id(1)] long Incarnation, [property: Id(2)] int Page);
