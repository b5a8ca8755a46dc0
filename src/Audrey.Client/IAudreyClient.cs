using Audrey.Core.Access;
using Audrey.Core.Auditing;
using Audrey.Core.Differences;
using Audrey.Core.Documents;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;

namespace Audrey.Client;

/// <summary>
/// A conductor's operations on a cluster of Audrey servers. The client is safe for concurrent use. Create one client and keep it. Every
/// operation can be repeated. While the cluster is unavailable, an operation is retried until <see cref="AudreyClientOptions.Deadline"/>.
/// An operation that fails throws an <see cref="AudreyException"/>. If the cluster did not answer within the deadline, this is an <see
/// cref="UnavailableException"/>.
/// </summary>
public interface IAudreyClient : IAsyncDisposable
{
    /// <summary>Gets the conductor that operations are carried out for.</summary>
    ConductorKey Conductor { get; }

    /// <summary>
    /// Registers one instance. The registration is durable when this method returns. If the instance is registered already, it is replaced
    /// and loses its values and statuses. The first instance of a deployable creates the deployable.
    /// </summary>
    /// <exception cref="RefusedException">The configuration cannot be used, or a file that it names cannot be fetched.</exception>
    /// <exception cref="ConflictException">
    /// Another deployable uses the UUID, another conductor uses the deployable, or the deployable is being deleted.
    /// </exception>
    /// <exception cref="QuotaExceededException">The conductor would have too many instances or deployables.</exception>
    Task RegisterInstanceAsync(InstanceConfig config, CancellationToken cancellationToken = default);

    /// <summary>
    /// Registers all instances of one deployable, or none of them. All instances are checked first, and nothing is sent if there is a
    /// problem. Each instance must satisfy the rules of documents. All instances must name the same deployable. UUIDs must be unique.
    /// References must name a parameter or service that the provider declares. Services must not wait for one another to end. If the
    /// servers refuse an instance, the instances that were registered before it are removed. If the call is cancelled or fails in another
    /// way, any client can continue the registration with the same call. Until the registration is complete, the status shows that the
    /// deployable is being launched. The same call for a registered deployable changes nothing.
    /// </summary>
    /// <param name="instances">Every instance of the deployable, in any order.</param>
    /// <param name="progress">Receives the number of registered instances as it grows.</param>
    /// <param name="deadline">
    /// The time within which the deployable should be complete, measured from the beginning of its registration. Null for
    /// no deadline. At most 365 days. The status shows a missed deadline.
    /// </param>
    /// <param name="cancellationToken">Stops the call between two requests.</param>
    /// <returns>The registered deployable, with warnings about references to instances that were not given.</returns>
    /// <exception cref="RefusedException">Instances cannot be used; see <see cref="RefusedException.Problems"/>.</exception>
    /// <exception cref="ConflictException">
    /// The deployable is registered already with other instances, another deployable uses a UUID, another conductor uses the deployable, or
    /// the deployable is being deleted. <see cref="CompareDeployableAsync"/> shows what differs.
    /// </exception>
    /// <exception cref="QuotaExceededException">The conductor would have too many instances or deployables.</exception>
    Task<DeployableRegistration> RegisterDeployableAsync(
        IReadOnlyCollection<InstanceConfig> instances,
        IProgress<RegistrationProgress>? progress = null,
        TimeSpan? deadline = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Compares a registered deployable with the instances that <see cref="RegisterDeployableAsync"/> would register in its place.
    /// Instances are matched by UUID and by label. Nothing is changed, and no secret is shown.
    /// </summary>
    /// <param name="instances">Every instance of the deployable, in any order.</param>
    /// <param name="deadline">The deadline that would be registered. Null for no deadline.</param>
    /// <param name="cancellationToken">Stops the call between two requests.</param>
    /// <exception cref="RefusedException">Instances cannot be used; see <see cref="RefusedException.Problems"/>.</exception>
    /// <exception cref="NotFoundException">This conductor has no such deployable.</exception>
    Task<DeployableDifferences> CompareDeployableAsync(
        IReadOnlyCollection<InstanceConfig> instances, TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>Gets the status of an instance, with its missing values and the last contacts of their providers.</summary>
    /// <exception cref="NotFoundException">This conductor has no such instance.</exception>
    Task<InstanceStatus> GetInstanceStatusAsync(InstanceId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Gets the facts about an instance's machine that the agents on it have reported, with the agent and the time of the reading.
    /// </summary>
    /// <exception cref="NotFoundException">This conductor has no such instance.</exception>
    Task<FactsStatus> GetFactsAsync(InstanceId id, CancellationToken cancellationToken = default);

    /// <summary>Gets the status of a deployable and of its instances, ordered by assembly, ordinal and UUID.</summary>
    /// <exception cref="NotFoundException">This conductor has no such deployable.</exception>
    Task<DeployableStatus> GetDeployableStatusAsync(DeployableId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Lists the statuses of the instances of a deployable that a filter selects. Reads one page of instances after another, so the memory
    /// does not grow with the deployable. Each instance is listed once, in no particular order.
    /// </summary>
    /// <param name="id">The deployable.</param>
    /// <param name="filter">The filter. Null for all instances.</param>
    /// <param name="cancellationToken">Stops the list.</param>
    /// <exception cref="NotFoundException">This conductor has no such deployable. Thrown by the enumeration.</exception>
    IAsyncEnumerable<InstanceStatus> ListInstancesAsync(
        DeployableId id, InstanceFilter? filter = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Gets the counts of a deployable's instances by state, and the instances that matter most. The time that this takes does not depend
    /// on the number of instances. A change of an instance is included within about a second.
    /// </summary>
    /// <exception cref="NotFoundException">This conductor has no such deployable.</exception>
    Task<DeployableSummary> GetDeployableSummaryAsync(DeployableId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Lists the statuses of the instances of a deployable that a filter selects, like <see cref="ListInstancesAsync"/>. Only the instances
    /// that the filter's status and assembly select are read, however many instances the deployable has. A change of an instance is
    /// included within about a second.
    /// </summary>
    /// <param name="id">The deployable.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="cancellationToken">Stops the list.</param>
    /// <exception cref="NotFoundException">This conductor has no such deployable. Thrown by the enumeration.</exception>
    IAsyncEnumerable<InstanceStatus> FindInstancesAsync(
        DeployableId id, InstanceFilter filter, CancellationToken cancellationToken = default);

    /// <summary>
    /// Changes the size of a group. Instances are added after the highest ordinal, and those with the highest ordinals are removed first. A
    /// new instance is a copy of the instance with the lowest ordinal, but has a new UUID and a new secret. All instances that refer to the
    /// group get the values of the group's new set of instances. If a call fails, repeat it to continue the scaling. A scaling takes time
    /// in proportion to the size of the deployable.
    /// </summary>
    /// <param name="id">The deployable.</param>
    /// <param name="assembly">The group's assembly.</param>
    /// <param name="count">
    /// The number of instances that the group will have, from 0. The servers keep the definition and the files of an empty group.
    /// </param>
    /// <param name="deadline">The time within which the added instances should be complete, at most 365 days, or null for no limit. The
    /// status of the
    /// deployable shows whether the time has passed.</param>
    /// <param name="notice">The time that instances have to hand over their work before they are removed, at most 24 hours. Null for 30
    /// seconds. An instance is removed earlier when its guest is done, and at once if its guest cannot be told. If the same call is made
    /// again with a shorter time, the time is shortened.</param>
    /// <param name="cancellationToken">Stops waiting. The scaling can still be carried out.</param>
    /// <returns>The added instances with their secrets, and the removed instances.</returns>
    /// <exception cref="NotFoundException">This conductor has no such deployable, or the deployable has no such group.</exception>
    /// <exception cref="RefusedException">The group cannot have this size, or the deployable is being launched or deleted.</exception>
    /// <exception cref="QuotaExceededException">The conductor would have too many instances.</exception>
    Task<ScaleResult> ScaleAsync(
        DeployableId id,
        string assembly,
        int count,
        TimeSpan? deadline = null,
        TimeSpan? notice = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes members of a group by name. The other members keep their ordinals. If a call fails, repeat it to continue the removal.
    /// </summary>
    /// <param name="id">The deployable.</param>
    /// <param name="assembly">The group's assembly.</param>
    /// <param name="members">
    /// The members, each by its UUID or its label: the assembly and the ordinal, such as <c>web-1</c>. Names that no member has are
    /// ignored.
    /// </param>
    /// <param name="notice">The time that the members have to hand over their work, at most 24 hours. Null for 30 seconds. See <see
    /// cref="ScaleAsync"/>.</param>
    /// <param name="cancellationToken">Stops waiting. The removal can still be carried out.</param>
    /// <returns>The removed instances.</returns>
    /// <exception cref="NotFoundException">This conductor has no such deployable, or the deployable has no such group.</exception>
    /// <exception cref="RefusedException">The deployable is being launched or deleted.</exception>
    Task<ScaleResult> RemoveMembersAsync(
        DeployableId id,
        string assembly,
        IReadOnlyCollection<string> members,
        TimeSpan? notice = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Replaces an instance with a new one that has the same UUID, configuration and files, and a new secret. The old secret is refused
    /// from then on, and the values of the old guest no longer count.
    /// </summary>
    /// <param name="id">The instance.</param>
    /// <param name="deadline">The time within which the new guest should be done, at most 365 days, or null for no
    /// limit. The status of the deployable shows
    /// whether the time has passed.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The secret that the new guest signs with.</returns>
    /// <exception cref="NotFoundException">This conductor has no such instance.</exception>
    Task<string> ReplaceInstanceAsync(InstanceId id, TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Gives an instance another secret, without a new guest: its values and statuses stay. A guest of version 3 gets the new secret from
    /// the servers while the old one is valid, and ends the old one when it uses the new one.
    /// </summary>
    /// <param name="id">The instance.</param>
    /// <param name="overlap">
    /// The time for which the old secret stays valid, up to <see cref="AudreyClient.MaxOverlap"/>. Null for one day. With zero, the old
    /// secret becomes invalid immediately, and the guest cannot get the new one from the servers.
    /// </param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="ArgumentOutOfRangeException">The overlap is negative or too long.</exception>
    /// <exception cref="NotFoundException">This conductor has no such instance.</exception>
    /// <exception cref="RefusedException">The deployable is being deleted.</exception>
    Task<RotatedSecret> RotateInstanceSecretAsync(
        InstanceId id, TimeSpan? overlap = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs a failed service of an instance again, or all its failed services. The command is durable when this method returns. A guest
    /// that stays learns of it immediately and reports a new run. Any other guest runs the services when it runs again.
    /// </summary>
    /// <param name="id">The instance.</param>
    /// <param name="service">The service. Null for all failed services of the instance.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="NotFoundException">This conductor has no such instance, or the instance has no such service.</exception>
    /// <exception cref="RefusedException">
    /// No service has failed, the guest uses protocol version 0, 1 or 2, or the deployable is being deleted.
    /// </exception>
    Task<ServiceRetryResult> RetryServicesAsync(
        InstanceId id, string? service = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes a deployable, its instances and their credentials. When this method returns, the deletion is complete. A deletion that has
    /// begun continues even without this client, and another call waits until the deletion is complete. If there is no such deployable,
    /// nothing happens. A deployable of another conductor is not touched.
    /// </summary>
    Task DeleteDeployableAsync(DeployableId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Lists the conductor's deployables in the order of their creation. Deployables that are created or deleted during the enumeration can
    /// be missing.
    /// </summary>
    IAsyncEnumerable<DeployableId> ListDeployablesAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Gets up to 128 events of a deployable that follow a known event, without waiting. This also works for a while after the deployable's
    /// deletion.
    /// </summary>
    /// <param name="id">The deployable.</param>
    /// <param name="after">The number of the last known event. 0 if no event is known.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="NotFoundException">This conductor has no such deployable, and no history of a deleted one.</exception>
    Task<EventsPage> GetEventsAsync(DeployableId id, long after = 0, CancellationToken cancellationToken = default);

    /// <summary>
    /// Follows the events of a deployable until the deployable is deleted. Returns the events after a known event, each once and in order.
    /// To continue later, pass the number of the last event that you received. If numbers are skipped, the events with these numbers are no
    /// longer kept.
    /// </summary>
    /// <param name="id">The deployable.</param>
    /// <param name="after">The number of the last known event. 0 if no event is known.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="NotFoundException">This conductor has no such deployable, and no history of a deleted one.</exception>
    IAsyncEnumerable<DeployableEvent> ReadEventsAsync(DeployableId id, long after = 0, CancellationToken cancellationToken = default);

    /// <summary>
    /// Adds a conductor's credential. Every gateway accepts the credential immediately. If the servers' settings contain the same key, the
    /// credential in the settings takes precedence. The secret is returned only once.
    /// </summary>
    /// <param name="key">The key that the conductor signs with.</param>
    /// <param name="role">The permissions of the credential.</param>
    /// <param name="actsFor">The conductor whose deployables the credential acts on. If it is null, this is the conductor with the same
    /// key.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="ConductorExistsException">The conductor has a credential already.</exception>
    /// <exception cref="RefusedException">The key contains a colon, which HTTP Basic does not allow.</exception>
    /// <exception cref="AudreyException">There are too many credentials. The message states the maximum.</exception>
    Task<IssuedCredential> AddConductorAsync(
        ConductorKey key,
        ConductorRole role = ConductorRole.Operator,
        ConductorKey? actsFor = null,
        CancellationToken cancellationToken = default);

    /// <summary>Lists the conductors that have been added, in the order of their creation, without their secrets.</summary>
    Task<IReadOnlyList<ConductorSummary>> ListConductorsAsync(CancellationToken cancellationToken = default);

    /// <summary>Replaces a conductor's secret. The new secret is returned only once.</summary>
    /// <param name="key">The conductor.</param>
    /// <param name="overlap">
    /// The time for which the old secret stays valid, up to <see cref="AudreyClient.MaxOverlap"/>. With zero, the old secret becomes
    /// invalid immediately. Earlier secrets always become invalid immediately.
    /// </param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="ArgumentOutOfRangeException">The overlap is negative or too long.</exception>
    /// <exception cref="NotFoundException">The conductor has not been added.</exception>
    Task<IssuedCredential> RotateConductorAsync(
        ConductorKey key,
        TimeSpan overlap = default,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Revokes a conductor's credential. Five seconds after this method returns, no gateway accepts the credential. The conductor's
    /// deployables are kept. If the key is added again, the deployables belong to its conductor again.
    /// </summary>
    /// <exception cref="NotFoundException">The conductor has not been added.</exception>
    Task RevokeConductorAsync(ConductorKey key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Hands a deployable of any conductor to another one. Only an administrator can do it. When this method returns, the deployable does
    /// not exist for the old owner any more, and the new owner has its instances, its status and its events. Guests do not notice it. If
    /// the call fails, the servers finish a hand-over that has begun, and another call waits for it.
    /// </summary>
    /// <param name="id">The deployable.</param>
    /// <param name="newOwner">The new owner, for which there must be a credential.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="NotFoundException">There is no such deployable.</exception>
    /// <exception cref="RefusedException">
    /// The deployable is being launched, scaled or deleted, or handed to a third conductor, or there is no credential for the new owner.
    /// </exception>
    /// <exception cref="QuotaExceededException">The new owner would exceed a quota.</exception>
    Task HandOverDeployableAsync(DeployableId id, ConductorKey newOwner, CancellationToken cancellationToken = default);

    /// <summary>
    /// Gets a page of the audit trail: the commands of conductors, and the counts of refused requests. Only an administrator can read it.
    /// </summary>
    /// <param name="filter">The entries to return. Null for all entries.</param>
    /// <param name="after">The position after the previous page. Null for the beginning of the trail.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="ArgumentException">The string is not a position in the trail.</exception>
    Task<AuditPage> GetAuditAsync(AuditFilter? filter = null, string? after = null, CancellationToken cancellationToken = default);
}
