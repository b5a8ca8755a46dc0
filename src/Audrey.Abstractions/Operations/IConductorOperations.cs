using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Events;
using Audrey.Abstractions.Instances;
using Audrey.Core.Access;
using Audrey.Core.Auditing;
using Audrey.Core.Differences;
using Audrey.Core.Documents;
using Audrey.Core.Facts;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Replay;
using Audrey.Core.Statuses;
using Orleans;

namespace Audrey.Abstractions.Operations;

/// <summary>
/// Everything that a conductor can do over a silo's port for clients. A conductor's connection can reach only this grain. The grain's key,
/// <see cref="GrainKeys.Of(ConductorKey)"/>, must be the key of the credential that the caller authenticated with. So the key identifies
/// the conductor of a call, and a conductor in an argument is ignored. Deployables and instances of other conductors are not found, and
/// their ids cannot be registered. The grain is stateless and runs on the silo that holds the connection.
/// </summary>
/// <remarks>
/// Each method declares with <see cref="RequiresAttribute"/> which permission its caller needs. A method without this attribute cannot be
/// called. No method accepts a cancellation token, because a caller could cancel a call at the grain only through another interface of
/// Orleans, which its connection cannot reach.
/// </remarks>
[Alias("audrey.IConductorOperations")]
public interface IConductorOperations : IGrainWithStringKey
{
    /// <summary>Registers one instance.</summary>
    [Requires(ConductorAction.Change), ResponseTimeout("00:02:30"), Alias("Register")]
    Task<ConductorAnswer> Register(RequestMark mark, InstanceConfig config);

    /// <inheritdoc cref="IDeployableGrain.BeginLaunch"/>
    [Requires(ConductorAction.Change), Alias("BeginLaunch")]
    Task<LaunchAnswer> BeginLaunch(DeployableId deployable, LaunchRequest request);

    /// <summary>Registers some instances of a launch.</summary>
    [Requires(ConductorAction.Change), ResponseTimeout("00:02:30"), Alias("Launch")]
    Task<LaunchChunkAnswer> Launch(LaunchChunk chunk);

    /// <inheritdoc cref="IDeployableGrain.SealLaunch"/>
    [Requires(ConductorAction.Change), ResponseTimeout("00:02:30"), Alias("SealLaunch")]
    Task<ConductorAnswer> SealLaunch(LaunchKey launch);

    /// <inheritdoc cref="IDeployableGrain.AbandonLaunch"/>
    [Requires(ConductorAction.Change), ResponseTimeout("00:10:00"), Alias("AbandonLaunch")]
    Task<ConductorAnswer> AbandonLaunch(LaunchKey launch);

    /// <summary>Scales a group.</summary>
    [Requires(ConductorAction.Change), ResponseTimeout("00:10:00"), Alias("Scale")]
    Task<ScaleAnswer> Scale(DeployableId deployable, ScaleRequest request);

    /// <inheritdoc cref="IInstanceGrain.Replace"/>
    [Requires(ConductorAction.Change), Alias("Replace")]
    Task<ConductorAnswer> Replace(InstanceId instance, RequestMark mark, string secret, TimeSpan? deadline);

    /// <inheritdoc cref="IInstanceGrain.RotateSecret"/>
    [Requires(ConductorAction.Change), Alias("RotateSecret")]
    Task<GuestSecret> RotateSecret(InstanceId instance, TimeSpan overlap, RequestMark mark);

    /// <inheritdoc cref="IInstanceGrain.RetryServices"/>
    [Requires(ConductorAction.Change), Alias("RetryServices")]
    Task<RetryAnswer> RetryServices(InstanceId instance, string? service, RequestMark mark);

    /// <summary>Deletes a deployable.</summary>
    [Requires(ConductorAction.Change), ResponseTimeout("00:10:00"), Alias("Delete")]
    Task<ConductorAnswer> Delete(DeployableId deployable, RequestMark mark);

    /// <summary>Returns the report of an instance, or null if this conductor has no such instance.</summary>
    [Requires(ConductorAction.Read), Alias("GetInstance")]
    Task<InstanceReport?> GetInstance(InstanceId instance);

    /// <summary>Returns the facts about an instance's machine, or null if this conductor has no such instance.</summary>
    [Requires(ConductorAction.Read), Alias("GetFacts")]
    Task<KeptFacts?> GetFacts(InstanceId instance);

    /// <summary>Returns the description of a deployable, or null if this conductor has no such deployable.</summary>
    [Requires(ConductorAction.Read), Alias("GetDeployable")]
    Task<DeployableHeader?> GetDeployable(DeployableId deployable);

    /// <summary>Returns the reports of one page of members. Empty if this conductor has no such deployable.</summary>
    [Requires(ConductorAction.Read), Alias("GetInstances")]
    Task<ImmutableArray<InstanceReport>> GetInstances(DeployableId deployable, int page);

    /// <summary>Returns the counts of a deployable's instances, or null if this conductor has no such deployable.</summary>
    [Requires(ConductorAction.Read), Alias("CountInstances")]
    Task<CountedInstances?> CountInstances(DeployableId deployable);

    /// <summary>
    /// Returns some instances of a deployable by their tallies. Null if this conductor has no such deployable, or the last instance of the
    /// query is unknown.
    /// </summary>
    [Requires(ConductorAction.Read), Alias("FindInstances")]
    Task<FoundInstances?> FindInstances(DeployableId deployable, InstanceQuery query);

    /// <summary>Returns the labels of one page of members. Empty if this conductor has no such deployable.</summary>
    [Requires(ConductorAction.Change), Alias("GetLabels")]
    Task<ImmutableArray<MemberLabel>> GetLabels(DeployableId deployable, int page);

    /// <summary>
    /// Compares registered instances with other configurations of the same UUIDs. Returns a result for each configuration: null if this
    /// conductor has no such instance in the deployable.
    /// </summary>
    [Requires(ConductorAction.Change), ResponseTimeout("00:02:30"), Alias("Compare")]
    Task<ImmutableArray<InstanceDifferences?>> Compare(DeployableId deployable, ImmutableArray<InstanceConfig> given);

    /// <summary>Returns one page of the conductor's deployables.</summary>
    [Requires(ConductorAction.Read), Alias("List")]
    Task<DeployablesPage> List(int page);

    /// <summary>Returns the events of a deployable. If there are no new events and the query has a wait, waits for new events.</summary>
    [Requires(ConductorAction.Read), ResponseTimeout("00:00:30"), Alias("ReadEvents")]
    Task<EventPage> ReadEvents(DeployableId deployable, EventQuery query);

    /// <summary>Returns a page of the audit trail.</summary>
    /// <param name="filter">The entries to return.</param>
    /// <param name="after">The position after the previous page. Null for the beginning of the trail.</param>
    [Requires(ConductorAction.Administer), Alias("ReadAudit")]
    Task<AuditPage> ReadAudit(AuditFilter filter, string? after);

    /// <summary>Hands a deployable of any conductor to another one, for which there must be a credential.</summary>
    [Requires(ConductorAction.Administer), ResponseTimeout("00:10:00"), Alias("HandOver")]
    Task<ConductorAnswer> HandOver(DeployableId deployable, ConductorKey to, RequestMark mark);

    /// <inheritdoc cref="ICredentialsGrain.Add"/>
    [Requires(ConductorAction.Administer), Alias("AddCredential")]
    Task<CredentialAnswer> AddCredential(ConductorKey key, ConductorRole role, ConductorKey? actsFor, RequestMark mark);

    /// <inheritdoc cref="ICredentialsGrain.List"/>
    [Requires(ConductorAction.Administer), Alias("ListCredentials")]
    Task<ImmutableArray<CredentialSummary>> ListCredentials();

    /// <inheritdoc cref="ICredentialsGrain.Rotate"/>
    [Requires(ConductorAction.Administer), Alias("RotateCredential")]
    Task<CredentialAnswer> RotateCredential(ConductorKey key, TimeSpan overlap, RequestMark mark);

    /// <inheritdoc cref="ICredentialsGrain.Revoke"/>
    [Requires(ConductorAction.Administer), Alias("RevokeCredential")]
    Task<CredentialOutcome> RevokeCredential(ConductorKey key);
}
