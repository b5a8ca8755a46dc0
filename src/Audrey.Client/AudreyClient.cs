using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Events;
using Audrey.Abstractions.Instances;
using Audrey.Client.Connection;
using Audrey.Client.Registration;
using Audrey.Client.Retrying;
using Audrey.Client.Scaling;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;

namespace Audrey.Client;

/// <summary>
/// A conductor's connection to a cluster of Audrey servers: registers deployables, tells how they stand, deletes them. Safe for
/// concurrent use; make one and keep it. Every operation may be repeated, is retried until
/// <see cref="AudreyClientOptions.Deadline"/> while the cluster is unavailable, and fails with an <see cref="AudreyException"/>.
/// </summary>
public sealed partial class AudreyClient : IAsyncDisposable
{
    private readonly ConductorKey _conductor;
    private readonly TimeProvider _time;
    private readonly IGrainFactory _grains;
    private readonly Attempts _attempts;
    private readonly Registrar _registrar;
    private readonly Launcher _launcher;
    private readonly Scaler _scaler;
    private readonly int _maxConcurrency;
    private readonly TimeSpan _eventsWait;
    private readonly ClusterConnection? _connection;
    private int _disposed;

    /// <summary>A client over grains that are at hand; what the options say of how to reach the cluster is not used.</summary>
    internal AudreyClient(IGrainFactory grains, AudreyClientOptions options, ClusterConnection? connection = null)
    {
        _grains = grains;
        _connection = connection;
        _conductor = options.Conductor;
        _time = options.TimeProvider;
        _maxConcurrency = options.MaxConcurrency;
        // A little longer than the call itself, which says better what it waited for.
        _attempts = new Attempts(options.Deadline, options.TimeProvider, options.AttemptTimeout + TimeSpan.FromSeconds(1));

        // A wait for news must end well before it is taken for a cluster that does not answer.
        _eventsWait = new[] { options.Deadline / 2, options.AttemptTimeout, EventQuery.MaxWait }.Min();
        _registrar = new Registrar(grains, _attempts, options);
        _launcher = new Launcher(grains, _attempts, _registrar, options);
        _scaler = new Scaler(grains, _attempts, options);
    }

    /// <summary>The conductor that operations are carried out for.</summary>
    public ConductorKey Conductor => _conductor;

    /// <summary>Connects to the cluster.</summary>
    /// <exception cref="ArgumentException">The options cannot be used; the message names every problem.</exception>
    /// <exception cref="UnavailableException">No server could be reached within <see cref="AudreyClientOptions.Deadline"/>.</exception>
    public static async Task<AudreyClient> ConnectAsync(AudreyClientOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionsCheck.ThrowIfUnusable(options);
        var attempts = new Attempts(options.Deadline, options.TimeProvider);
        var connection = await ClusterConnection.ConnectAsync(options, attempts, cancellationToken);
        return new AudreyClient(connection.Grains, options, connection);
    }

    /// <summary>
    /// Registers one instance, durably when it returns. An instance that is registered already is replaced: its values and
    /// statuses begin anew. Its deployable comes into being with its first instance.
    /// </summary>
    /// <exception cref="RefusedException">The configuration cannot be used, or a file that it names cannot be fetched.</exception>
    /// <exception cref="ConflictException">The UUID or the deployable is used by somebody else, or being deleted.</exception>
    /// <exception cref="UnavailableException">The cluster did not answer within the deadline.</exception>
    public Task RegisterInstanceAsync(InstanceConfig config, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        ThrowIfDisposed();
        return _registrar.RegisterAsync(config, cancellationToken);
    }

    /// <summary>
    /// Registers all instances of one deployable, all or none. They are checked against each other first, and nothing is sent unless they
    /// fit: the rules of documents, one deployable, unique UUIDs, no reference to what its provider does not declare, no services that wait
    /// for one another's end. When an instance is refused, what was registered before it is taken back. When this is cancelled or fails in
    /// another way, the same call again goes on where it was, whoever makes it; until then the deployable says that it is being launched.
    /// The same call for a deployable that is registered changes nothing.
    /// </summary>
    /// <param name="instances">Every instance of the deployable, in any order.</param>
    /// <param name="progress">Told again and again how many are registered.</param>
    /// <param name="deadline">How long the deployable may take to complete from its first registration on, as its status will tell; null: as long as it likes.</param>
    /// <param name="cancellationToken">Stops on the way.</param>
    /// <returns>What was registered, and warnings of references to instances that were not given.</returns>
    /// <exception cref="RefusedException">Instances cannot be used; every problem is in <see cref="RefusedException.Problems"/>.</exception>
    /// <exception cref="ConflictException">
    /// The deployable is registered already with other instances, a UUID or the deployable is used by somebody else, or it is being deleted.
    /// </exception>
    /// <exception cref="UnavailableException">The cluster did not answer within the deadline of the options.</exception>
    public Task<DeployableRegistration> RegisterDeployableAsync(
        IReadOnlyCollection<InstanceConfig> instances,
        IProgress<RegistrationProgress>? progress = null,
        TimeSpan? deadline = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(instances);
        ThrowIfDisposed();
        return _launcher.LaunchAsync(instances, progress, deadline, cancellationToken);
    }

    /// <summary>How one instance stands, what it waits for, and when those that it waits for were last heard of.</summary>
    /// <exception cref="NotFoundException">No such instance is registered by this conductor.</exception>
    /// <exception cref="UnavailableException">The cluster did not answer within the deadline.</exception>
    public async Task<InstanceStatus> GetInstanceStatusAsync(InstanceId id, CancellationToken cancellationToken = default)
    {
        Ids.ThrowIfEmpty(id.Value, nameof(id));
        ThrowIfDisposed();
        var report = await ReportAsync(id, cancellationToken);
        if (report is null || report.Conductor != _conductor) throw new NotFoundException($"No instance '{id}' is registered by this conductor.");
        var ids = InstanceStatus.ProvidersOf(report).ToArray();
        var providers = new InstanceReport?[ids.Length];
        await ForEachAsync(ids.Length, async (i, token) => providers[i] = await ReportAsync(ids[i], token), cancellationToken);
        return InstanceStatus.From(report, providers.OfType<InstanceReport>().ToDictionary(provider => provider.Id));
    }

    /// <summary>How a deployable stands: its instances, who waits for what, from whom, since when, and when that one was last heard of.</summary>
    /// <exception cref="NotFoundException">No such deployable is registered by this conductor.</exception>
    /// <exception cref="UnavailableException">The cluster did not answer within the deadline.</exception>
    public async Task<DeployableStatus> GetDeployableStatusAsync(DeployableId id, CancellationToken cancellationToken = default)
    {
        Ids.ThrowIfEmpty(id.Value, nameof(id));
        ThrowIfDisposed();
        var grain = _grains.GetGrain<IDeployableGrain>(GrainKeys.Of(id));
        var what = $"asking how deployable '{id}' stands";
        var header = await _attempts.RunAsync(what, _ => grain.GetHeader(), cancellationToken: cancellationToken);
        if (header is null || header.Conductor != _conductor) throw new NotFoundException($"No deployable '{id}' is registered by this conductor.");
        var pages = new ImmutableArray<InstanceReport>[header.Pages];
        await ForEachAsync(
            pages.Length,
            async (page, token) => pages[page] = await _attempts.RunAsync(what, _ => grain.GetReports(page), cancellationToken: token),
            cancellationToken);
        return DeployableStatus.From(
            header,
            pages.SelectMany(page => page).OrderBy(report => report.Name, StringComparer.Ordinal).ThenBy(report => report.Id.Value, StringComparer.Ordinal));
    }

    /// <summary>
    /// Has a group grow or shrink to <paramref name="count"/> instances, at its highest ordinals. Newcomers are registered as the one with the
    /// lowest ordinal is, with a UUID and a secret of their own. Everybody who refers to the group gets the values of its instances of then,
    /// and keeps what he has given himself. The same call again after this one failed goes on with it. Takes time in proportion to the deployable.
    /// </summary>
    /// <param name="id">The deployable.</param>
    /// <param name="assembly">The group's assembly.</param>
    /// <param name="count">How many instances it is to have, at least 1.</param>
    /// <param name="cancellationToken">Stops waiting; what was begun may still be carried out.</param>
    /// <returns>Which instances came, with their secrets, and which went.</returns>
    /// <exception cref="NotFoundException">No such deployable is registered by this conductor, or it has no such group.</exception>
    /// <exception cref="RefusedException">The group cannot have so many instances, or the deployable is being launched or deleted.</exception>
    /// <exception cref="UnavailableException">The cluster did not answer within the deadline.</exception>
    public Task<ScaleResult> ScaleAsync(DeployableId id, string assembly, int count, CancellationToken cancellationToken = default)
    {
        Ids.ThrowIfEmpty(id.Value, nameof(id));
        ArgumentException.ThrowIfNullOrEmpty(assembly);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ThrowIfDisposed();
        return _scaler.ScaleAsync(id, assembly, count, cancellationToken);
    }

    /// <summary>
    /// Replaces an instance by a new one of the same UUID: it gets a new secret, the old one is refused from then on, and what the old guest
    /// gave counts no more for anybody. Its configuration and files stay.
    /// </summary>
    /// <returns>The secret that the new guest signs with.</returns>
    /// <exception cref="NotFoundException">No such instance is registered by this conductor.</exception>
    /// <exception cref="UnavailableException">The cluster did not answer within the deadline.</exception>
    public Task<string> ReplaceInstanceAsync(InstanceId id, CancellationToken cancellationToken = default)
    {
        Ids.ThrowIfEmpty(id.Value, nameof(id));
        ThrowIfDisposed();
        return _scaler.ReplaceAsync(id, cancellationToken);
    }

    /// <summary>
    /// Deletes a deployable, its instances and their credentials; they are gone when it returns. Once begun, a deletion goes on
    /// also without this client: asking again waits for it. Without such a deployable it does nothing; one of another conductor
    /// it does not touch.
    /// </summary>
    /// <exception cref="UnavailableException">The cluster did not answer within the deadline.</exception>
    public async Task DeleteDeployableAsync(DeployableId id, CancellationToken cancellationToken = default)
    {
        Ids.ThrowIfEmpty(id.Value, nameof(id));
        ThrowIfDisposed();
        var grain = _grains.GetGrain<IDeployableGrain>(GrainKeys.Of(id));
        var command = ConductorCommand.New(_conductor, _time);
        var what = $"deleting deployable '{id}'";
        var answer = await _attempts.RunAsync(what, _ => grain.Delete(command), cancellationToken: cancellationToken);
        var isGone = answer.Outcome is ConductorOutcome.Done or ConductorOutcome.NotFound or ConductorOutcome.NotYours or ConductorOutcome.BeingDeleted;
        if (!isGone) throw new AudreyException($"The cluster refused {what}: {string.Join("; ", answer.Problems)}");
    }

    /// <summary>The conductor's deployables, in the order of their creation. Those made or deleted meanwhile may be missing or there.</summary>
    /// <exception cref="UnavailableException">The cluster did not answer within the deadline.</exception>
    public async IAsyncEnumerable<DeployableId> ListDeployablesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        var grain = _grains.GetGrain<IConductorGrain>(GrainKeys.Of(_conductor));
        DeployablesPage list;
        var page = 0;
        do
        {
            var number = page;
            list = await _attempts.RunAsync("listing deployables", _ => grain.List(number), cancellationToken: cancellationToken);
            foreach (var id in list.Deployables)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return id;
            }
        }
        while (++page < list.Pages);
    }

    /// <summary>Closes the connection. Operations under way fail.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0 && _connection is not null) await _connection.DisposeAsync();
    }

    private Task<InstanceReport?> ReportAsync(InstanceId id, CancellationToken cancellationToken) => _attempts.RunAsync(
        $"asking how instance '{id}' stands",
        _ => _grains.GetGrain<IInstanceGrain>(GrainKeys.Of(id)).GetReport(cancellationToken).AsTask(),
        cancellationToken: cancellationToken);

    private Task ForEachAsync(int count, Func<int, CancellationToken, Task> body, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = _maxConcurrency, CancellationToken = cancellationToken };
        return Parallel.ForAsync(0, count, options, async (i, token) => await body(i, token));
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
}
