using System.Runtime.CompilerServices;
using Audrey.Abstractions;
using Audrey.Abstractions.Auditing;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Client.Connection;
using Audrey.Client.Operations;
using Audrey.Core.Access;
using Audrey.Core.Auditing;
using Audrey.Core.Differences;
using Audrey.Core.Documents;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;

namespace Audrey.Client;

/// <summary>
/// A connection to a cluster of Audrey servers. The client connects when <see cref="ConnectAsync"/> or its first operation is called, and
/// reconnects automatically.
/// </summary>
public sealed class AudreyClient : IAudreyClient
{
    private readonly AudreyClientOptions _options;
    private readonly SemaphoreSlim _connecting = new(1);
    private volatile ClusterSession? _session;
    private ClientConnection? _connection;
    private int _disposed;

    /// <summary>Creates a client that connects with its first operation.</summary>
    /// <exception cref="ArgumentException">The options cannot be used. The message names every problem.</exception>
    public AudreyClient(AudreyClientOptions options)
    {
        AudreyClientOptions.ThrowIfInvalid(options);
        _options = options;
    }

    /// <summary>Creates a client that uses the given grains. The client ignores the options for connecting to the cluster.</summary>
    internal AudreyClient(IGrainFactory grains, AudreyClientOptions options) => (_options, _session) = (options, new(grains, options));

    /// <summary>Gets the maximum time that an old secret stays valid after a rotation: 30 days.</summary>
    public static TimeSpan MaxOverlap => CredentialRules.MaxOverlap;

    /// <inheritdoc/>
    public ConductorKey Conductor => _options.Conductor;

    /// <summary>Creates and connects a client.</summary>
    /// <exception cref="ArgumentException">The options cannot be used. The message names every problem.</exception>
    /// <exception cref="UnprovenException">The servers do not accept the key with this secret.</exception>
    /// <exception cref="UnavailableException">No server could be reached within <see cref="AudreyClientOptions.Deadline"/>.</exception>
    public static async Task<AudreyClient> ConnectAsync(AudreyClientOptions options, CancellationToken cancellationToken = default)
    {
        var client = new AudreyClient(options);
        await client.OpenAsync(cancellationToken);
        return client;
    }

    /// <inheritdoc/>
    public async Task RegisterInstanceAsync(InstanceConfig config, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        Arguments.ThrowIfUnidentified(config);
        await new Registrar(await OpenAsync(cancellationToken)).RegisterAsync(config, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<DeployableRegistration> RegisterDeployableAsync(
        IReadOnlyCollection<InstanceConfig> instances,
        IProgress<RegistrationProgress>? progress = null,
        TimeSpan? deadline = null,
        CancellationToken cancellationToken = default)
    {
        Check(instances, deadline);
        var session = await OpenAsync(cancellationToken);
        return await new Launcher(session, new Registrar(session)).LaunchAsync(instances, progress, deadline, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<DeployableDifferences> CompareDeployableAsync(
        IReadOnlyCollection<InstanceConfig> instances, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        Check(instances, deadline);
        var session = await OpenAsync(cancellationToken);
        return await new Launcher(session, new Registrar(session)).CompareAsync(instances, deadline, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<InstanceStatus> GetInstanceStatusAsync(InstanceId id, CancellationToken cancellationToken = default)
    {
        Arguments.ThrowIfEmpty(id.Value, nameof(id));
        return await new StatusReader(await OpenAsync(cancellationToken)).GetInstanceAsync(id, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<FactsStatus> GetFactsAsync(InstanceId id, CancellationToken cancellationToken = default)
    {
        Arguments.ThrowIfEmpty(id.Value, nameof(id));
        return await new StatusReader(await OpenAsync(cancellationToken)).GetFactsAsync(id, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<DeployableStatus> GetDeployableStatusAsync(DeployableId id, CancellationToken cancellationToken = default)
    {
        Arguments.ThrowIfEmpty(id.Value, nameof(id));
        return await new StatusReader(await OpenAsync(cancellationToken)).GetDeployableAsync(id, cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<InstanceStatus> ListInstancesAsync(
        DeployableId id, InstanceFilter? filter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Arguments.ThrowIfEmpty(id.Value, nameof(id));
        var reader = new StatusReader(await OpenAsync(cancellationToken));
        await foreach (var instance in reader.ListInstancesAsync(id, filter ?? InstanceFilter.All, cancellationToken))
            yield return instance;
    }

    /// <inheritdoc/>
    public async Task<DeployableSummary> GetDeployableSummaryAsync(DeployableId id, CancellationToken cancellationToken = default)
    {
        Arguments.ThrowIfEmpty(id.Value, nameof(id));
        return await new StatusReader(await OpenAsync(cancellationToken)).GetSummaryAsync(id, cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<InstanceStatus> FindInstancesAsync(
        DeployableId id, InstanceFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Arguments.ThrowIfEmpty(id.Value, nameof(id));
        ArgumentNullException.ThrowIfNull(filter);
        var reader = new StatusReader(await OpenAsync(cancellationToken));
        await foreach (var instance in reader.FindInstancesAsync(id, filter, cancellationToken)) yield return instance;
    }

    /// <inheritdoc/>
    public async Task<ScaleResult> ScaleAsync(
        DeployableId id,
        string assembly,
        int count,
        TimeSpan? deadline = null,
        TimeSpan? notice = null,
        CancellationToken cancellationToken = default)
    {
        Arguments.ThrowIfEmpty(id.Value, nameof(id));
        ArgumentException.ThrowIfNullOrEmpty(assembly);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 0);
        Arguments.ThrowIfBadDeadline(deadline, nameof(deadline));
        Arguments.ThrowIfBadNotice(notice, nameof(notice));
        return await new Scaler(await OpenAsync(cancellationToken)).ScaleAsync(
            id, assembly, count, deadline, notice, [], cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ScaleResult> RemoveMembersAsync(
        DeployableId id,
        string assembly,
        IReadOnlyCollection<string> members,
        TimeSpan? notice = null,
        CancellationToken cancellationToken = default)
    {
        Arguments.ThrowIfEmpty(id.Value, nameof(id));
        ArgumentException.ThrowIfNullOrEmpty(assembly);
        ArgumentNullException.ThrowIfNull(members);
        Arguments.ThrowIfBadNotice(notice, nameof(notice));
        if (members.Any(string.IsNullOrEmpty)) throw new ArgumentException("The name of a member is missing.", nameof(members));
        if (members.Count == 0) throw new ArgumentException("Name at least one member.", nameof(members));
        return await new Scaler(await OpenAsync(cancellationToken)).ScaleAsync(
            id, assembly, 0, deadline: null, notice, [.. members], cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<string> ReplaceInstanceAsync(
        InstanceId id, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        Arguments.ThrowIfEmpty(id.Value, nameof(id));
        Arguments.ThrowIfBadDeadline(deadline, nameof(deadline));
        return await new Scaler(await OpenAsync(cancellationToken)).ReplaceAsync(id, deadline, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<RotatedSecret> RotateInstanceSecretAsync(
        InstanceId id, TimeSpan? overlap = null, CancellationToken cancellationToken = default)
    {
        Arguments.ThrowIfEmpty(id.Value, nameof(id));
        ArgumentOutOfRangeException.ThrowIfLessThan(overlap ?? default, TimeSpan.Zero, nameof(overlap));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(overlap ?? default, MaxOverlap, nameof(overlap));
        return await new Scaler(await OpenAsync(cancellationToken))
            .RotateAsync(id, overlap ?? SecretOverlap.Default, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ServiceRetryResult> RetryServicesAsync(
        InstanceId id, string? service = null, CancellationToken cancellationToken = default)
    {
        Arguments.ThrowIfEmpty(id.Value, nameof(id));
        return await new Scaler(await OpenAsync(cancellationToken)).RetryAsync(id, service, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task DeleteDeployableAsync(DeployableId id, CancellationToken cancellationToken = default)
    {
        Arguments.ThrowIfEmpty(id.Value, nameof(id));
        var session = await OpenAsync(cancellationToken);
        var mark = session.NewMark();
        var what = $"deleting deployable '{id}'";
        var answer = await session.Calls.RunAsync(what, _ => session.Operations.Delete(id, mark), cancellationToken: cancellationToken);

        // A deployable that does not exist, or that belongs to another conductor, counts as deleted. The two cases must not be
        // distinguishable.
        var isGone = answer.Outcome
            is ConductorOutcome.Done or ConductorOutcome.NotFound or ConductorOutcome.NotYours or ConductorOutcome.BeingDeleted;
        if (!isGone) throw new AudreyException($"The cluster refused {what}: {string.Join("; ", answer.Problems)}");
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DeployableId> ListDeployablesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var session = await OpenAsync(cancellationToken);
        await foreach (var id in new StatusReader(session).ListAsync(cancellationToken)) yield return id;
    }

    /// <inheritdoc/>
    public async Task<EventsPage> GetEventsAsync(DeployableId id, long after = 0, CancellationToken cancellationToken = default)
    {
        Arguments.ThrowIfEmpty(id.Value, nameof(id));
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        return await new EventReader(await OpenAsync(cancellationToken)).GetAsync(id, after, cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DeployableEvent> ReadEventsAsync(
        DeployableId id, long after = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Arguments.ThrowIfEmpty(id.Value, nameof(id));
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        var session = await OpenAsync(cancellationToken);
        await foreach (var entry in new EventReader(session).FollowAsync(id, after, cancellationToken)) yield return entry;
    }

    /// <inheritdoc/>
    public async Task<IssuedCredential> AddConductorAsync(
        ConductorKey key,
        ConductorRole role = ConductorRole.Operator,
        ConductorKey? actsFor = null,
        CancellationToken cancellationToken = default)
    {
        Arguments.ThrowIfEmpty(key.Value, nameof(key));
        return await new CredentialAdministrator(await OpenAsync(cancellationToken)).AddAsync(key, role, actsFor, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ConductorSummary>> ListConductorsAsync(CancellationToken cancellationToken = default) =>
        await new CredentialAdministrator(await OpenAsync(cancellationToken)).ListAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<IssuedCredential> RotateConductorAsync(
        ConductorKey key, TimeSpan overlap = default, CancellationToken cancellationToken = default)
    {
        Arguments.ThrowIfEmpty(key.Value, nameof(key));
        ArgumentOutOfRangeException.ThrowIfLessThan(overlap, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(overlap, MaxOverlap);
        return await new CredentialAdministrator(await OpenAsync(cancellationToken)).RotateAsync(key, overlap, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task RevokeConductorAsync(ConductorKey key, CancellationToken cancellationToken = default)
    {
        Arguments.ThrowIfEmpty(key.Value, nameof(key));
        await new CredentialAdministrator(await OpenAsync(cancellationToken)).RevokeAsync(key, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task HandOverDeployableAsync(
        DeployableId id, ConductorKey newOwner, CancellationToken cancellationToken = default)
    {
        Arguments.ThrowIfEmpty(id.Value, nameof(id));
        Arguments.ThrowIfEmpty(newOwner.Value, nameof(newOwner));
        await new CredentialAdministrator(await OpenAsync(cancellationToken)).HandOverAsync(id, newOwner, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<AuditPage> GetAuditAsync(
        AuditFilter? filter = null, string? after = null, CancellationToken cancellationToken = default)
    {
        if (after is not null && !AuditReader.IsPosition(after)) throw new ArgumentException("It is not the end of a page.", nameof(after));
        return await new AuditTrailReader(await OpenAsync(cancellationToken)).GetAsync(filter ?? new(), after, cancellationToken);
    }

    /// <summary>Closes the connection. Operations in progress fail.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        if (_connection is not null) await _connection.DisposeAsync();
    }

    /// <summary>Returns the session. The first call connects. If an attempt to connect fails, the next operation tries again.</summary>
    private async ValueTask<ClusterSession> OpenAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        if (_session is { } session) return session;
        await _connecting.WaitAsync(cancellationToken);
        try
        {
            if (_session is { } opened) return opened;
            _connection = await ClientConnection.ConnectAsync(_options, cancellationToken);
            return _session = new(_connection.Grains, _options, () => _connection.Refusal);
        }
        finally
        {
            _connecting.Release();
        }
    }

    private static void Check(IReadOnlyCollection<InstanceConfig> instances, TimeSpan? deadline)
    {
        ArgumentNullException.ThrowIfNull(instances);
        foreach (var instance in instances)
        {
            if (instance is null) throw new ArgumentException("One of the instances is null.", nameof(instances));
            Arguments.ThrowIfUnidentified(instance);
        }

        // The servers report a deadline that is too long together with all other findings.
        Arguments.ThrowIfNotPositive(deadline, nameof(deadline));
    }
}
