using Audrey.Core.Documents;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;

namespace Audrey.Client;

/// <summary>
/// A conductor's operations on a cluster of Audrey servers. It is safe for concurrent use; create one and keep it. Every operation may be
/// repeated. It is retried until <see cref="AudreyClientOptions.Deadline"/> while the cluster is unavailable, and fails with an
/// <see cref="AudreyException"/>, of which <see cref="UnavailableException"/> says that the cluster did not answer within the deadline.
/// </summary>
public interface IAudreyClient : IAsyncDisposable
{
    /// <summary>Gets the conductor that operations are carried out for.</summary>
    ConductorKey Conductor { get; }

    /// <summary>
    /// Registers one instance. It is durable when this returns. If the instance is registered already, it is replaced: its values and
    /// statuses begin anew. The first instance of a deployable creates the deployable.
    /// </summary>
    /// <exception cref="RefusedException">The configuration cannot be used, or a file that it names cannot be fetched.</exception>
    /// <exception cref="ConflictException">Someone else uses the UUID or the deployable, or it is being deleted.</exception>
    Task RegisterInstanceAsync(InstanceConfig config, CancellationToken cancellationToken = default);

    /// <summary>
    /// Registers all instances of one deployable, or none. All instances are checked first, and nothing is sent if there is a problem: each
    /// must satisfy the rules of documents, all must name the same deployable, UUIDs must be unique, references must name something that
    /// the provider declares, and no services may wait for one another's end. If the servers refuse an instance, those registered before it
    /// are removed. If this is cancelled or fails in another way, the same call, by any client, continues it; until then the deployable's
    /// status is launching. The same call for a registered deployable changes nothing.
    /// </summary>
    /// <param name="instances">Every instance of the deployable, in any order.</param>
    /// <param name="progress">Receives the number of registered instances as it grows.</param>
    /// <param name="deadline">
    /// How long the deployable may take to complete, from the beginning of its registration. Its status shows a missed deadline. Null: no
    /// deadline.
    /// </param>
    /// <param name="cancellationToken">Stops the call between two requests.</param>
    /// <returns>What was registered, with warnings about references to instances that were not given.</returns>
    /// <exception cref="RefusedException">Instances cannot be used; see <see cref="RefusedException.Problems"/>.</exception>
    /// <exception cref="ConflictException">
    /// The deployable is registered already with other instances, someone else uses a UUID or the deployable, or it is being deleted.
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
    /// the lowest ordinal, with a UUID and a secret of its own. Everyone who refers to the group gets the values of its new set of
    /// instances. If a call fails, the same call continues the scaling. It takes time in proportion to the size of the deployable.
    /// </summary>
    /// <param name="id">The deployable.</param>
    /// <param name="assembly">The group's assembly.</param>
    /// <param name="count">How many instances the group will have, at least 1.</param>
    /// <param name="cancellationToken">Stops waiting. The scaling may still be carried out.</param>
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
    /// Deletes a deployable, its instances and their credentials. They are gone when this returns. A deletion that has begun continues
    /// without this client; calling again waits for it. If there is no such deployable, nothing happens. A deployable of another conductor
    /// is not touched.
    /// </summary>
    Task DeleteDeployableAsync(DeployableId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Lists the conductor's deployables in the order of their creation. Deployables that are created or deleted meanwhile may be missing.
    /// </summary>
    IAsyncEnumerable<DeployableId> ListDeployablesAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Gets up to 128 events of a deployable after a known one, without waiting. Also works for a while after its deletion.
    /// </summary>
    /// <param name="id">The deployable.</param>
    /// <param name="after">The number of the last known event; 0 for none.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="NotFoundException">This conductor has no such deployable, and no history of one.</exception>
    Task<EventsPage> GetEventsAsync(DeployableId id, long after = 0, CancellationToken cancellationToken = default);

    /// <summary>
    /// Follows the events of a deployable until it is deleted: the events after a known one, each once and in order. To continue later,
    /// pass the number of the last event you got. A number that skips some means that the events between are no longer kept.
    /// </summary>
    /// <param name="id">The deployable.</param>
    /// <param name="after">The number of the last known event; 0 for none.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="NotFoundException">This conductor has no such deployable, and no history of one.</exception>
    IAsyncEnumerable<DeployableEvent> ReadEventsAsync(DeployableId id, long after = 0, CancellationToken cancellationToken = default);

    /// <summary>
    /// Adds a credential for a conductor that signs HTTP requests. Every gateway accepts it at once. A key in the servers' settings takes
    /// precedence over one that is added. The secret is returned only once.
    /// </summary>
    /// <exception cref="ConductorExistsException">The conductor has a credential already.</exception>
    /// <exception cref="RefusedException">The key contains a colon, which HTTP Basic does not allow.</exception>
    /// <exception cref="AudreyException">There are too many credentials; the message says how many are allowed.</exception>
    Task<IssuedCredential> AddConductorAsync(ConductorKey key, CancellationToken cancellationToken = default);

    /// <summary>Lists the conductors that have been added, in the order of their creation, without their secrets.</summary>
    Task<IReadOnlyList<ConductorSummary>> ListConductorsAsync(CancellationToken cancellationToken = default);

    /// <summary>Gives a conductor a new secret, which is returned only once.</summary>
    /// <param name="key">The conductor.</param>
    /// <param name="overlap">
    /// How long the old secret stays valid, up to <see cref="AudreyClient.MaxOverlap"/>; zero to end it at once. Earlier secrets end at
    /// once.
    /// </param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="ArgumentOutOfRangeException">The overlap is negative or too long.</exception>
    /// <exception cref="NotFoundException">The conductor has not been added.</exception>
    Task<IssuedCredential> RotateConductorAsync(
        ConductorKey key,
        TimeSpan overlap = default,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Revokes a conductor's credential. No gateway accepts it five seconds after this returns. Its deployables stay, and belong to the
    /// same key if it is added again.
    /// </summary>
    /// <exception cref="NotFoundException">The conductor has not been added.</exception>
    Task RevokeConductorAsync(ConductorKey key, CancellationToken cancellationToken = default);
}
