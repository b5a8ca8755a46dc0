using System.Collections.Immutable;
using Audrey.Core.Documents;
using Audrey.Core.Events;
using Audrey.Core.Facts;
using Audrey.Core.Ids;
using Audrey.Core.Replay;

namespace Audrey.Core.Instances;

/// <summary>
/// The state machine of one instance. The machine has no clock and performs no I/O. The time and all external data are inputs.
/// </summary>
/// <remarks>
/// An input that changes a row returns a <see cref="Ready"/>. The grain first writes the row and then calls <see cref="Commit"/>, which
/// serves the row and returns the effects to begin. So no change is served, pushed or acknowledged before it is durable. If the write
/// fails, the grain discards the machine, and a new machine starts from the stored rows. An input that changes only memory returns its
/// effects immediately.
/// </remarks>
public sealed class InstanceMachine
{
    /// <summary>Maximum size of the part of a service's output that is kept, in bytes of UTF-8.</summary>
    private const int MaxOutputBytes = 4 * 1024;

    /// <summary>Maximum age of the contact time in the row, for a guest of version 3.</summary>
    private static readonly TimeSpan ContactInterval = TimeSpan.FromMinutes(1);

    private readonly InstanceId _id;
    private readonly EventThrottle _throttle = new();
    private readonly ReplayWindows _windows = new();
    private InstanceReported _reported;

    /// <summary>Starts from the durable rows.</summary>
    public InstanceMachine(InstanceId id, InstanceDefinition definition, InstanceReported reported)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(reported);
        (_id, Definition, _reported) = (id, definition, reported.WithMemoryFor(definition));
        Log = new EventLogProgress(reported.Milestones);
        if (Definition.Config is not null) Log.Presume(Registered = new RegisteredInstance(Definition, _reported));
    }

    /// <summary>The durable definition row.</summary>
    public InstanceDefinition Definition { get; private set; }

    /// <summary>The registration that is served, or null if the instance is not registered.</summary>
    public RegisteredInstance? Registered { get; private set; }

    /// <summary>The progress of this instance's events in the event log.</summary>
    public EventLogProgress Log { get; }

    /// <summary>The gateways that have pending polls.</summary>
    public Subscribers Subscribers { get; } = new();

    /// <summary>The version of the instance's last snapshot, whether or not the instance is registered.</summary>
    public long Version => _reported.Under(Definition).Version;

    /// <summary>The effects that must begin without an input, for example after the activation starts.</summary>
    public Effects Outstanding => Registered is null ? Effects.None : Log.LackingOf(Registered);

    // Guests

    /// <summary>Returns whether a PUT of versions 0 to 2 is fresh. The PUT is compared with the requests that the row remembers.</summary>
    public static Freshness Judge(RegisteredInstance instance, in Contact contact) =>
        instance.Reported.Memory.Of(contact.SecretDigest).Puts.Judge(contact.Mark);

    /// <summary>
    /// Called when a guest sends a GET. Returns the changes that the GET causes. <see cref="RecordContact"/> writes them. A GET that may be
    /// a repetition does not replace a known address, because a stranger could send it from elsewhere. Requests of version 3 are not signed
    /// and are never repetitions.
    /// </summary>
    public ReadTrace Read(RegisteredInstance instance, in Contact contact, DateTimeOffset now, TimeSpan uptime)
    {
        if (contact.Mark == GuestCommands.NoMark) return Hear(instance, now) ? ReadTrace.Counts | ReadTrace.WriteTime : ReadTrace.Counts;
        var window = _windows.Of(contact.SecretDigest, _reported.Memory, uptime);
        var freshness = window.Add(contact.Mark, uptime, contact.AnswersOutdated);
        if (freshness == GetFreshness.Outdated) return ReadTrace.Outdated;
        if (freshness == GetFreshness.Repeated) return ReadTrace.None;
        instance.LastContact = now;
        var (row, trace) = (instance.Reported, ReadTrace.Counts);
        if (row.FirstContact is null || window.MustWrite(contact.Mark)) trace |= ReadTrace.WriteTime;
        if (!contact.NotesAddress) return trace;
        var changesAddress = row.Address != contact.Address || !row.ProvidesAddress;
        if (changesAddress && (freshness == GetFreshness.Fresh || row.Address is null)) trace |= ReadTrace.WriteAddress;
        if (!instance.IsPublished) trace |= ReadTrace.Publish;
        return trace;
    }

    /// <summary>Called at each contact of a guest of version 3. Returns whether the contact should be written now.</summary>
    public static bool Hear(RegisteredInstance instance, DateTimeOffset now)
    {
        instance.LastContact = now;
        return IsContactDue(instance, now);
    }

    /// <summary>Returns whether the contact time in the row is too old, for a guest of version 3.</summary>
    public static bool IsContactDue(RegisteredInstance instance, DateTimeOffset now) =>
        instance.Reported.LastContact is not { } written || now - written >= ContactInterval;

    /// <summary>
    /// Called when requests with a wrong secret were counted. A count for another generation than the current one is ignored.
    /// </summary>
    public void AddWrongSecrets(long generation, WrongSecretCount further)
    {
        if (Registered is { } instance && instance.Definition.Generation == generation)
            instance.WrongSecrets = WrongSecretCount.Sum(instance.WrongSecrets, further);
    }

    /// <summary>Writes the changes that a GET of versions 0 to 2 causes.</summary>
    public Ready RecordContact(RegisteredInstance instance, Contact contact, ReadTrace trace, DateTimeOffset now)
    {
        var noted = (trace & ReadTrace.WriteAddress) != 0 ? contact : contact with { NotesAddress = false, ProvidesAddress = false };
        var row = Provisioning.RecordContact(instance.Config, instance.Reported, noted, now);
        return Report(instance, row, now, publishes: contact.NotesAddress);
    }

    /// <summary>Returns whether a contact or a count of wrong secrets is only in memory so far.</summary>
    public bool HasUnwritten => Registered is { } instance
        && (instance.LastContact != instance.Reported.LastContact || instance.WrongSecrets != instance.Reported.WrongSecrets
            || instance.HandedOut != instance.Reported.HandedOut || !ReferenceEquals(instance.Facts, instance.Reported.Facts));

    /// <summary>Writes a contact and a count of wrong secrets that are only in memory so far.</summary>
    public Ready WriteContact(RegisteredInstance instance, DateTimeOffset now) => Report(instance, instance.Reported, now);

    /// <summary>Called when a guest of versions 0 to 2 received the complete configuration of a service.</summary>
    public Ready StartService(RegisteredInstance instance, string service, DateTimeOffset now) =>
        Report(instance, Provisioning.Start(instance.Reported, service, now), now);

    /// <summary>
    /// Called when a guest of versions 0 to 2 reports values and exit statuses. <see cref="Judge"/> must be called first.
    /// </summary>
    public Ready Provide(
        RegisteredInstance instance, ImmutableArray<NamedValue> values, ImmutableArray<NamedValue> serviceEnds, Contact contact,
        DateTimeOffset now)
    {
        instance.LastContact = now;
        var memory = _windows.InOrderOfUse(instance.Reported.Memory);
        var before = ReferenceEquals(memory, instance.Reported.Memory) ? instance.Reported : instance.Reported with { Memory = memory };
        return Report(instance, Provisioning.Put(instance.Config, before, values, serviceEnds, contact, now), now, publishes: true);
    }

    /// <summary>
    /// Called when a guest repeats a request that was already carried out. The values are published again, because the first publication
    /// may have been interrupted.
    /// </summary>
    public Effects Repeat() => After(publishes: true);

    /// <summary>Called when a guest of version 3 reports values.</summary>
    public CommandStep SetValues(
        RegisteredInstance instance, long number, ImmutableArray<byte> digest, ImmutableArray<NamedValue> values, string address,
        DateTimeOffset now)
    {
        string[] unknown = [.. values.Select(value => value.Name).Where(name => !instance.Config.ProvidedParameters.Contains(name))];
        if (unknown.Length > 0) return new(default, CommandVerdict.Accepted, instance.Reported.Progress.ValuesNumber, unknown);
        var (verdict, row) = GuestCommands.SetValues(instance.Config, instance.Reported, number, digest, values, address, now);
        return Command(instance, verdict, row, row.Progress.ValuesNumber, now);
    }

    /// <summary>Called when a guest of version 3 reports on the run of a service. Secrets in the service's output are masked.</summary>
    public CommandStep ReportService(
        RegisteredInstance instance, ServiceStep step, ServiceRun run, int exitStatus, string address, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (instance.Config.Services.All(service => service.Name != run.Service))
            return new(default, CommandVerdict.Accepted, Unknown: [run.Service]);
        string[] secrets = [.. instance.Secrets()];
        var masked = run with
        {
            Message = run.Message is null ? null : OutputMask.Tail(run.Message, secrets, MaxOutputBytes),
            Output = run.Output is null ? null : OutputMask.Tail(run.Output, secrets, MaxOutputBytes),
        };
        var (verdict, row) = GuestCommands.ReportService(instance.Config, instance.Reported, step, masked, exitStatus, address, now);
        return Command(instance, verdict, row, row.Progress.RunOf(run.Service)?.Run ?? 0, now);
    }

    /// <summary>Called when a guest of version 3 reports the configuration revision that it has applied.</summary>
    public CommandStep ReportApplied(RegisteredInstance instance, string revision, DateTimeOffset now)
    {
        instance.HandedOut = null;
        var (verdict, row) = GuestCommands.ReportApplied(instance.Reported, revision, now);
        return Command(instance, verdict, row, number: 0, now);
    }

    /// <summary>Called when a guest of version 3 reports facts about itself.</summary>
    public CommandStep SetFacts(RegisteredInstance instance, ImmutableArray<GuestFact> facts, DateTimeOffset now)
    {
        var (verdict, row) = GuestCommands.SetFacts(instance.Reported, facts);
        return Command(instance, verdict, row, 0, now);
    }

    /// <summary>Called when an agent on the machine reports the facts of a class.</summary>
    public FactStep ObserveFacts(RegisteredInstance instance, FactReport report, int maxValueBytes, DateTimeOffset now)
    {
        var (answer, row) = FactCommands.Observe(instance, report, maxValueBytes, now, out var seen);
        if (!ReferenceEquals(Registered, instance)) return new(Ready.Stale, answer);
        instance.Facts = seen;
        if (ReferenceEquals(row, instance.Reported)) return new(new() { Publishes = true }, answer);
        instance.LastContact ??= now;
        return new(Report(instance, row, now, publishes: true, isFact: true), answer);
    }

    /// <summary>Writes that an agent sends heartbeats, so that its silence is seen also after a restart.</summary>
    public Ready WriteHeartbeat(RegisteredInstance instance, TimeSpan interval, DateTimeOffset now) =>
        instance.Reported.Facts.HeartbeatInterval is not null ? default
        : Report(instance, instance.Reported with { Facts = instance.Facts with { HeartbeatInterval = interval } }, now, isFact: true);

    /// <summary>Writes since when the newest revision is complete, if the guest is not known to have applied it.</summary>
    public Ready NoteNewest(RegisteredInstance instance, string revision, DateTimeOffset now) =>
        Report(instance, instance.WithNewest(revision), now);

    // Conductors and the deployable

    /// <summary>Called when the instance is registered, or replaced by another registration.</summary>
    /// <param name="next">Creates the next definition from the durable definition and the last used snapshot version.</param>
    public Ready Begin(Func<InstanceDefinition, long, InstanceDefinition> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new() { Definition = next(Definition, Version), Publishes = Registered is not null };
    }

    /// <summary>
    /// Called when the definition changes within the same generation, because a group's members change or a command must be remembered.
    /// </summary>
    public Ready Amend(Func<InstanceDefinition, InstanceDefinition> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return new() { Definition = change(Definition) };
    }

    /// <summary>
    /// Called when the registration has ended. Deletes the data that the guest reported, unless the data is already deleted.
    /// </summary>
    public Ready ForgetReported()
    {
        if (_reported.Generation == Definition.Generation) return default;

        // The event log has all milestones, because they were appended before the registration ended.
        var empty = _reported.Under(Definition);
        return new()
        {
            Reported = empty with
            {
                Memory = _windows.WithGets(empty.Memory).WithoutClocks(),
                Milestones = empty.Milestones with { Recent = [] },
            },
        };
    }

    // Providers and dependents

    /// <summary>Called when a provider pushes a snapshot. A late snapshot from another deployable or incarnation is ignored.</summary>
    public Effects Accept(ProviderSnapshot snapshot, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (Registered is not { } instance || !instance.IsMemberOf(snapshot.Deployable, snapshot.Incarnation)) return Effects.None;
        var effects = instance.Required.Accept(snapshot, now) ? Effects.AppendLater : Effects.None;
        return Subscribers.Any ? effects | Effects.Notify : effects;
    }

    /// <summary>Called when snapshots were pulled for a registration.</summary>
    public Effects Accept(RegisteredInstance instance, IEnumerable<ProviderSnapshot> pulled, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(instance);
        ArgumentNullException.ThrowIfNull(pulled);
        foreach (var snapshot in pulled) instance.Required.Accept(snapshot, now);
        return After(publishes: false);
    }

    /// <summary>Called when a dependent pulls. Returns this instance's snapshot in the given incarnation of the deployable.</summary>
    public ProviderSnapshot Snapshot(DeployableId deployable, long incarnation)
    {
        if (Registered is not { } instance || !instance.IsMemberOf(deployable, incarnation)) return ProviderSnapshot.Unknown(_id, Version);
        instance.Pulls++;
        return instance.Snapshot;
    }

    /// <summary>
    /// Returns whether all providers were pulled since the last death of a silo. After that pull, pushes keep the snapshots current.
    /// </summary>
    public static bool IsPulled(RegisteredInstance instance, int epoch) => !instance.Required.HasProviders || instance.PulledEpoch == epoch;

    /// <summary>Begins a pull of all providers.</summary>
    /// <param name="instance">The registration that the pull is for.</param>
    /// <param name="epoch">The current epoch. In a newer epoch, this pull is not sufficient.</param>
    /// <param name="now">The current time, on a clock that only rises.</param>
    public static Pull BeginPull(RegisteredInstance instance, int epoch, TimeSpan now)
    {
        (instance.RefreshedAt, instance.PulledAt) = (now, now);
        return new(instance, epoch, instance.Required.Services);
    }

    /// <summary>
    /// Called when all snapshots of a pull were accepted. The pull is not recorded if other providers were added in the meantime, because
    /// the new providers were not pulled.
    /// </summary>
    public static void EndPull(Pull pull)
    {
        ArgumentNullException.ThrowIfNull(pull);
        if (pull.Services == pull.Instance.Required.Services) pull.Instance.PulledEpoch = pull.Epoch;
    }

    /// <summary>
    /// Returns whether the providers should be pulled again in the background. A refresh is necessary because a push can be lost although
    /// no silo died.
    /// </summary>
    public static bool IsRefreshDue(RegisteredInstance instance, TimeSpan interval, TimeSpan now) =>
        instance.Required.HasProviders && now - instance.RefreshedAt >= interval;

    /// <summary>
    /// Called when an incomplete instance is polled. Returns whether the instance should pull its missing values now. Returns false if it
    /// has just pulled them.
    /// </summary>
    public static bool TryBeginPullOfMissing(RegisteredInstance instance, TimeSpan interval, TimeSpan now)
    {
        if (instance.PulledAt is { } last && now - last < interval) return false;
        instance.PulledAt = now;
        return true;
    }

    /// <summary>
    /// Returns the snapshot to publish next, or null if the newest snapshot is published. The snapshot belongs to the registration that is
    /// currently served, because the instance can be registered again during a push.
    /// </summary>
    public Publication? NextPublication() =>
        Registered is { IsPublished: false } instance ? new(instance, instance.Snapshot, instance.Pulls) : null;

    /// <summary>Called when a snapshot was published.</summary>
    /// <param name="publication">The snapshot that was published.</param>
    /// <param name="hasDependents">Whether any other instance refers to this instance.</param>
    public static void EndPublication(Publication publication, bool hasDependents)
    {
        ArgumentNullException.ThrowIfNull(publication);
        if (!hasDependents) publication.Instance.PullsWhenAlone = publication.Pulls;
        publication.Instance.PublishedVersion = publication.Snapshot.Version;
    }

    // Writes

    /// <summary>
    /// Called when the row of an input is durable, or when the input had no row. Serves the row, and returns the effects to begin.
    /// </summary>
    public Effects Commit(Ready ready, DateTimeOffset now)
    {
        if (ready.IsStale) return Effects.None;
        if (ready.Definition is { } definition) Serve(definition, now);
        if (ready.Reported is { } reported) Serve(reported, now);
        return After(ready.Publishes);
    }

    private void Serve(InstanceDefinition definition, DateTimeOffset now)
    {
        var isSameGeneration = definition.Generation == Definition.Generation;
        Definition = definition;
        _reported = _reported.WithMemoryFor(definition);
        if (isSameGeneration) Registered?.Serve(definition, now);
        else Registered = definition.Config is null ? null : new RegisteredInstance(definition, _reported);
    }

    private void Serve(InstanceReported reported, DateTimeOffset now)
    {
        _reported = reported;
        if (Registered is null) _windows.Clear();
        _windows.OnWritten(reported.Memory);
        Registered?.Serve(reported, now);
    }

    private CommandStep Command(RegisteredInstance instance, CommandVerdict verdict, InstanceReported row, long number, DateTimeOffset now)
    {
        instance.LastContact = now;
        return new(Report(instance, row, now, publishes: true), verdict, number);
    }

    private Ready Report(RegisteredInstance instance, InstanceReported row, DateTimeOffset now, bool publishes = false, bool isFact = false)
    {
        if (!ReferenceEquals(Registered, instance)) return Ready.Stale;
        if (instance.LastContact is { } contact && !(row.LastContact >= contact))
            row = row with { FirstContact = row.FirstContact ?? contact, LastContact = contact };
        if (instance.WrongSecrets != row.WrongSecrets) row = row with { WrongSecrets = instance.WrongSecrets };
        if (instance.HandedOut != row.HandedOut) row = row with { HandedOut = instance.HandedOut };
        if (!isFact && !ReferenceEquals(instance.Facts, row.Facts)) row = row with { Facts = instance.Facts };
        if (ReferenceEquals(row, instance.Reported)) return new() { Publishes = publishes };
        row = Provisioning.Settle(instance.Config, row with { Memory = _windows.WithGets(row.Memory) }, now);
        row = MilestoneNotes.Add(instance.Config, instance.Reported, row, _throttle, isFact ? now : row.LastContact ?? now);
        return new() { Reported = Log.WithoutAppended(row), Publishes = publishes };
    }

    private Effects After(bool publishes)
    {
        var effects = Outstanding;
        if (Subscribers.Any) effects |= Effects.Notify;
        return publishes && MustPublish() ? effects | Effects.Publish : effects;
    }

    private bool MustPublish()
    {
        if (Registered is not { IsPublished: false } instance) return false;
        if (!instance.HasNoDependents) return true;
        instance.PublishedVersion = instance.Snapshot.Version;
        return false;
    }
}
