using Audrey.Core.Documents;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;

namespace Audrey.Client;

/// <summary>
/// A conductor's operations on a cluster of Audrey servers. It is safe for concurrent use; create one and keep it. Every operation can be
/// repeated. While the cluster is unavailable, an operation is retried until <see cref="AudreyClientOptions.Deadline"/>. Operations fail
/// with an <see cref="AudreyException"/>. It is an <see cref="UnavailableException"/> if the cluster did not answer within the deadline.
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
    Task RegisterInstanceAsync(InstanceConfig config, CancellationToken cancellationToken = default);

    /// <summary>
    /// Registers all instances of one deployable, or none of them. All instances are checked first, and nothing is sent if there is a
    /// problem: each instance must satisfy the rules of documents, all instances must name the same deployable, UUIDs must be unique,
    /// references must name something that the provider declares, and services must not wait for one another to end. If the servers refuse
    /// an instance, the instances that were registered before it are removed. If the call is cancelled or fails in another way, any client
    /// can continue the registration with the same call. Until then, the deployable's status is launching. The same call for a registered
    /// deployable changes nothing.
    /// </summary>
    /// <param name="instances">Every instance of the deployable, in any order.</param>
    /// <param name="progress">Receives the number of registered instances as it grows.</param>
    /// <param name="deadline">
    /// The time within which the deployable should be complete, from the beginning of its registration; null for no deadline. The status
    /// shows a missed deadline.
    /// </param>
    /// <param name="cancellationToken">Stops the call between two requests.</param>
    /// <returns>The registered deployable, with warnings about references to instances that were not given.</returns>
    /// <exception cref="RefusedException">Instances cannot be used; see <see cref="RefusedException.Problems"/>.</exception>
    /// <exception cref="ConflictException">
    /// The deployable is registered already with other instances, another deployable uses a UUID, another conductor uses the deployable, or
    /// the deployable is being deleted.
    /// </exception>
    Task<DeployableRegistration> RegisterDeployableAsync(
        IReadOnlyCollection<InstanceConfig> instances,
        IProgress<RegistrationProgress>? progress = null,
        TimeSpan? deadline = null,
        CancellationToken cancellationToken = default);

    /// <summary>Gets the status of an instance, with its missing values and the last contacts of their providers.</summary>
    /// <exception cref="NotFoundException">This conductor has no such instance.</exception>
    Task<InstanceStatus> GetInstanceStatusAsync(InstanceId id, CancellationToken cancellationToken = default);

    /// <summary>Gets the status of a deployable and of its instances, ordered by assembly and UUID.</summary>
    /// <exception cref="NotFoundException">This conductor has no such deployable.</exception>
    Task<DeployableStatus> GetDeployableStatusAsync(DeployableId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Changes the size of a group by adding or removing the instances with the highest ordinals. A new instance is a copy of the one with
    /// the lowest ordinal, with a UUID and a secret of its own. All instances that refer to the group get the values of the group's new set
    /// of instances. If a call fails, the same call continues the scaling. A scaling takes time in proportion to the size of the
    /// deployable.
    /// </summary>
    /// <param name="id">The deployable.</param>
    /// <param name="assembly">The group's assembly.</param>
    /// <param name="count">How many instances the group will have, at least 1.</param>
    /// <param name="cancellationToken">Stops waiting. The scaling can still be carried out.</param>
    /// <returns>The instances that were added, with their secrets, and those that were removed.</returns>
    /// <exception cref="NotFoundException">This conductor has no such deployable, or the deployable has no such group.</exception>
    /// <exception cref="RefusedException">The group cannot have this size, or the deployable is being launched or deleted.</exception>
    Task<ScaleResult> ScaleAsync(DeployableId id, string assembly, int count, CancellationToken cancellationToken = default);

    /// <summary>
    /// Replaces an instance with a new one that has the same UUID, configuration and files, and a new secret. The old secret is refused
    /// from then on, and the values of the old guest no longer count.
    /// </summary>
    /// <returns>The secret that the new guest signs with.</returns>
    /// <exception cref="NotFoundException">This conductor has no such instance.</exception>
    Task<string> ReplaceInstanceAsync(InstanceId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes a deployable, its instances and their credentials. When this method returns, the deletion is complete. A deletion that has
    /// begun continues without this client, and another call waits for it. If there is no such deployable, nothing happens. A deployable of
    /// another conductor is not touched.
    /// </summary>
    Task DeleteDeployableAsync(DeployableId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Lists the conductor's deployables in the order of their creation. Deployables that are created or deleted during the enumeration can
    /// be missing.
    /// </summary>
    IAsyncEnumerable<DeployableId> ListDeployablesAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Gets up to 128 events of a deployable after a known one, without waiting. This also works for a while after the deployable's
    /// deletion.
    /// </summary>
    /// <param name="id">The deployable.</param>
    /// <param name="after">The number of the last known event; 0 for none.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="NotFoundException">This conductor has no such deployable, and no history of a deleted one.</exception>
    Task<EventsPage> GetEventsAsync(DeployableId id, long after = 0, CancellationToken cancellationToken = default);

    /// <summary>
    /// Follows the events of a deployable until it is deleted: the events after a known one, each once and in order. To continue later,
    /// pass the number of the last event you got. If numbers are skipped, the events with these numbers are no longer kept.
    /// </summary>
    /// <param name="id">The deployable.</param>
    /// <param name="after">The number of the last known event; 0 for none.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="NotFoundException">This conductor has no such deployable, and no history of a deleted one.</exception>
    IAsyncEnumerable<DeployableEvent> ReadEventsAsync(DeployableId id, long after = 0, CancellationToken cancellationToken = default);

    /// <summary>
    /// Adds a credential for a conductor that signs HTTP requests. Every gateway accepts the credential immediately. If the servers'
    /// settings contain the same key, their credential takes precedence. The secret is returned only once.
    /// </summary>
    /// <exception cref="ConductorExistsException">The conductor has a credential already.</exception>
    /// <exception cref="RefusedException">The key contains a colon, which HTTP Basic does not allow.</exception>
    /// <exception cref="AudreyException">There are too many credentials. The message states the maximum.</exception>
    Task<IssuedCredential> AddConductorAsync(ConductorKey key, CancellationToken cancellationToken = default);

    /// <summary>Lists the conductors that have been added, in the order of their creation, without their secrets.</summary>
    Task<IReadOnlyList<ConductorSummary>> ListConductorsAsync(CancellationToken cancellationToken = default);

    /// <summary>Replaces a conductor's secret. The new secret is returned only once.</summary>
    /// <param name="key">The conductor.</param>
    /// <param name="overlap">
    /// How long the old secret stays valid, up to <see cref="AudreyClient.MaxOverlap"/>; zero to end its validity immediately. Earlier
    /// secrets become invalid immediately.
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
    /// deployables stay. They belong to the same key if the key is added again.
    /// </summary>
    /// <exception cref="NotFoundException">The conductor has not been added.</exception>
    Task RevokeConductorAsync(ConductorKey key, CancellationToken cancellationToken = default);
}
