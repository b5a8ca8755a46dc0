using System.Collections.Immutable;
using Audrey.Core.Documents;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Core.Replay;

namespace Audrey.Core.Instances;

/// <summary>The state machine of one instance. It has no clock and performs no I/O. The time and all external data are inputs.</summary>
/// <remarks>
/// An input that changes a row returns a <see cref="Ready"/>. The grain first writes the row and then calls <see cref="Commit"/>, which
/// serves the row and returns the effects to begin. So nothing is served, pushed or acknowledged before it is durable. If the write fails,
/// the grain discards the machine, and a new machine starts from the stored rows. An input that changes only memory returns its effects
/// immediately.
/// </remarks>
public sealed class InstanceMachine
{
    /// <summary>Maximum size of the part of a service's output that is kept, in bytes of UTF-8.</summary>
    private const int MaxOutputBytes = 4 * 1024;

    /// <summary>Maximum age of the written contact of a guest of version 3.</summary>
    private static readonly TimeSpan ContactInterval = TimeSpan.FromMinutes(1);

    private readonly InstanceId _id;
    private readonly EventThrottle _throttle = new();

    // The window is kept over registrations. A captured request must not count in the next registration, and the requests of a new guest
    // must count immediately, not after a minute.
    private readonly ReplayWindow _window;
    private InstanceReported _reported;

    /// <summary>Starts from the durable rows.</summary>
    public InstanceMachine(InstanceId id, InstanceDefinition definition, InstanceReported reported)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(reported);
        (_id, Definition, _reported) = (id, definition, reported);
        _window = new ReplayWindow(reported.NewestTimestamp);
        Log = new EventLogProgress(reported.Milestones);
        if (Definition.Config is not null) Registered = new RegisteredInstance(Definition, reported);
    }

    /// <summary>The durable definition row.</summary>
    public InstanceDefinition Definition { get; private set; }

    /// <summary>The registration that is served, or null if the instance is not registered.</summary>
    public RegisteredInstance? Registered { get; private set; }

    /// <summary>The progress of this instance's events in the event log.</summary>
    public EventLogProgress Log { get; }

    /// <summary>The gateways that have pending polls.</summary>
    public Subscribers Subscribers { get; } = new();

    /// <summary>The snapshot version of the values that the instance provided last, whether or not it is registered.</summary>
    public long Version => _reported.Under(Definition).Version;

    /// <summary>The effects that must begin without an input, for example after the start.</summary>
    public Effects Outstanding => Registered is null ? Effects.None : Log.LackingOf(Registered);

    // Guests

    /// <summary>Judges a PUT of versions 0 to 2 against the requests that the row remembers.</summary>
    public static Freshness Judge(RegisteredInstance instance, RequestMark mark) => instance.Reported.Requests.Judge(mark);

    /// <summary>A guest of versions 0 to 2 sends a GET. Returns the changes that it causes; see <see cref="RecordContact"/>.</summary>
    public ReadTrace Read(RegisteredInstance instance, in Contact contact, DateTimeOffset now)
    {
        if (!_window.TryAdd(contact.Mark)) return ReadTrace.None;
        instance.LastContact = now;
        var trace = ReadTrace.Counts;
        if (_window.MustWrite(contact.Mark)) trace |= ReadTrace.WriteTime;
        if (!contact.NotesAddress) return trace;
        if (instance.Reported.Address != contact.Address || !instance.Reported.ProvidesAddress) trace |= ReadTrace.WriteAddress;
        if (!instance.IsPublished) trace |= ReadTrace.Publish;
        return trace;
    }

    /// <summary>A guest of version 3 was heard from. Returns whether the contact should be written now.</summary>
    public static bool Hear(RegisteredInstance instance, DateTimeOffset now)
    {
        instance.LastContact = now;
        return IsContactDue(instance, now);
    }

    /// <summary>Returns whether the written contact of a guest of version 3 is too old.</summary>
    public static bool IsContactDue(RegisteredInstance instance, DateTimeOffset now) =>
        instance.Reported.LastContact is not { } written || now - written >= ContactInterval;

    /// <summary>Writes the changes that a GET of versions 0 to 2 causes.</summary>
    public Ready RecordContact(RegisteredInstance instance, Contact contact, DateTimeOffset now) =>
        Report(
            instance, Provisioning.RecordContact(instance.Config, instance.Reported, contact, now), now, publishes: contact.NotesAddress);

    /// <summary>Writes a contact that is only in memory.</summary>
    public Ready WriteContact(RegisteredInstance instance, DateTimeOffset now) => Report(instance, instance.Reported, now);

    /// <summary>A guest of versions 0 to 2 received the complete configuration of a service.</summary>
    public Ready StartService(RegisteredInstance instance, string service, DateTimeOffset now) =>
        Report(instance, Provisioning.Start(instance.Reported, service, now), now);

    /// <summary>A guest of versions 0 to 2 reports values and service ends. Call <see cref="Judge"/> first.</summary>
    public Ready Provide(
        RegisteredInstance instance, ImmutableArray<NamedValue> values, ImmutableArray<NamedValue> serviceEnds, Contact contact,
        DateTimeOffset now)
    {
        instance.LastContact = now;
        return Report(
            instance, Provisioning.Apply(instance.Config, instance.Reported, values, serviceEnds, contact, now), now, publishes: true);
    }

    /// <summary>A guest repeats a request that was carried out before. The publication of its values may have been interrupted.</summary>
    public Effects Repeat() => After(publishes: true);

    /// <summary>A guest of version 3 reports values.</summary>
    public CommandStep SetValues(
        RegisteredInstance instance, long number, ImmutableArray<byte> digest, ImmutableArray<NamedValue> values, string address,
        DateTimeOffset now)
    {
        string[] unknown = [.. values.Select(value => value.Name).Where(name => !instance.Config.ProvidedParameters.Contains(name))];
        if (unknown.Length > 0) return new(default, CommandVerdict.Accepted, instance.Reported.Progress.ValuesNumber, unknown);
        var (verdict, row) = GuestCommands.SetValues(instance.Config, instance.Reported, number, digest, values, address, now);
        return Command(instance, verdict, row, row.Progress.ValuesNumber, now);
    }

    /// <summary>A guest of version 3 reports on the run of a service. Secrets in the service's output are masked.</summary>
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

    /// <summary>A guest of version 3 reports the configuration revision that it has applied.</summary>
    public CommandStep ReportApplied(RegisteredInstance instance, string revision, DateTimeOffset now)
    {
        var (verdict, row) = GuestCommands.ReportApplied(instance.Reported, revision, now);
        return Command(instance, verdict, row, 0, now);
    }

    /// <summary>A guest of version 3 reports facts about itself.</summary>
    public CommandStep SetFacts(RegisteredInstance instance, ImmutableArray<GuestFact> facts, DateTimeOffset now)
    {
        var (verdict, row) = GuestCommands.SetFacts(instance.Reported, facts);
        return Command(instance, verdict, row, 0, now);
    }

    // Conductors and the deployable

    /// <summary>The instance is registered, or replaced by another registration.</summary>
    /// <param name="next">Makes the next definition from the durable one and the snapshot version that was used last.</param>
    public Ready Begin(Func<InstanceDefinition, long, InstanceDefinition> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new() { Definition = next(Definition, Version), Publishes = Registered is not null };
    }

    /// <summary>The definition changes within the same generation: a group's members, or a command that must be remembered.</summary>
    public Ready Amend(Func<InstanceDefinition, InstanceDefinition> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return new() { Definition = change(Definition) };
    }

    /// <summary>The registration has ended. Deletes the data that its guest reported, unless the data is already deleted.</summary>
    public Ready ForgetReported()
    {
        if (_reported.Generation == Definition.Generation) return default;

        // The event log has every milestone. They were appended before the registration ended.
        var empty = _reported.Under(Definition);
        return new() { Reported = empty with { Milestones = empty.Milestones with { Recent = [] } } };
    }

    // Providers and dependents

    /// <summary>A provider pushes a snapshot. A late snapshot from another deployable or incarnation is ignored.</summary>
    public Effects Accept(ProviderSnapshot snapshot, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (Registered is not { } instance || !instance.IsMemberOf(snapshot.Deployable, snapshot.Incarnation)) return Effects.None;
        var effects = instance.Required.Accept(snapshot, now) ? Effects.AppendLater : Effects.None;
        return Subscribers.Any ? effects | Effects.Notify : effects;
    }

    /// <summary>Snapshots were pulled for a registration.</summary>
    public Effects Accept(RegisteredInstance instance, IEnumerable<ProviderSnapshot> pulled, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(instance);
        ArgumentNullException.ThrowIfNull(pulled);
        foreach (var snapshot in pulled) instance.Required.Accept(snapshot, now);
        return After(publishes: false);
    }

    /// <summary>A dependent pulls. Returns the snapshot of this instance in that incarnation of the deployable.</summary>
    public ProviderSnapshot Snapshot(DeployableId deployable, long incarnation)
    {
        if (Registered is not { } instance || !instance.IsMemberOf(deployable, incarnation)) return ProviderSnapshot.Unknown(_id, Version);
        instance.Pulls++;
        return instance.Snapshot;
    }

    /// <summary>Returns whether all providers were pulled since a silo last died. Later pushes keep their snapshots current.</summary>
    public static bool IsPulled(RegisteredInstance instance, int epoch) => !instance.Required.HasProviders || instance.PulledEpoch == epoch;

    /// <summary>A pull of all providers begins.</summary>
    /// <param name="instance">The registration that the pull is for.</param>
    /// <param name="epoch">The current epoch. A pull in this epoch does not count in a newer epoch.</param>
    /// <param name="now">The current time, on a clock that only rises.</param>
    public static Pull BeginPull(RegisteredInstance instance, int epoch, TimeSpan now)
    {
        (instance.RefreshedAt, instance.PulledAt) = (now, now);
        return new(instance, epoch, instance.Required.Services);
    }

    /// <summary>
    /// All snapshots of a pull were accepted. The pull does not count if other providers have been added in the meantime, because they were
    /// not pulled.
    /// </summary>
    public static void EndPull(Pull pull)
    {
        ArgumentNullException.ThrowIfNull(pull);
        if (pull.Services == pull.Instance.Required.Services) pull.Instance.PulledEpoch = pull.Epoch;
    }

    /// <summary>Returns whether the providers should be pulled again in the background. A push can be lost although no silo died.</summary>
    public static bool IsRefreshDue(RegisteredInstance instance, TimeSpan interval, TimeSpan now) =>
        instance.Required.HasProviders && now - instance.RefreshedAt >= interval;

    /// <summary>
    /// An incomplete instance is polled. Returns whether it should pull its missing values now. Returns false if it has just pulled them.
    /// </summary>
    public static bool TryBeginPullOfMissing(RegisteredInstance instance, TimeSpan interval, TimeSpan now)
    {
        if (instance.PulledAt is { } last && now - last < interval) return false;
        instance.PulledAt = now;
        return true;
    }

    /// <summary>
    /// Returns the snapshot to publish next, or null if the newest snapshot is published. The snapshot belongs to the registration that is
    /// served at that time, because the instance can be registered again during a push.
    /// </summary>
    public Publication? NextPublication() =>
        Registered is { IsPublished: false } instance ? new(instance, instance.Snapshot, instance.Pulls) : null;

    /// <summary>A snapshot was published.</summary>
    /// <param name="publication">The snapshot that was published.</param>
    /// <param name="hasDependents">Whether any instance refers to the instance.</param>
    public static void EndPublication(Publication publication, bool hasDependents)
    {
        ArgumentNullException.ThrowIfNull(publication);
        if (!hasDependents) publication.Instance.PullsWhenAlone = publication.Pulls;
        publication.Instance.PublishedVersion = publication.Snapshot.Version;
    }

    // Writes

    /// <summary>The row of an input is durable, or the input had no row. Serves the row, and returns the effects to begin.</summary>
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
        if (isSameGeneration) Registered?.Serve(definition, now);
        else Registered = definition.Config is null ? null : new RegisteredInstance(definition, _reported);
    }

    private void Serve(InstanceReported reported, DateTimeOffset now)
    {
        _reported = reported;
        _window.OnWritten(reported.NewestTimestamp);
        Registered?.Serve(reported, now);
    }

    private CommandStep Command(RegisteredInstance instance, CommandVerdict verdict, InstanceReported row, long number, DateTimeOffset now)
    {
        instance.LastContact = now;
        return new(Report(instance, row, now, publishes: true), verdict, number);
    }

    private Ready Report(RegisteredInstance instance, InstanceReported after, DateTimeOffset now, bool publishes = false)
    {
        if (!ReferenceEquals(Registered, instance)) return Ready.Stale;
        if (instance.LastContact is { } contact && !(after.LastContact >= contact))
            after = after with { FirstContact = after.FirstContact ?? contact, LastContact = contact };
        if (ReferenceEquals(after, instance.Reported)) return new() { Publishes = publishes };
        after = MilestoneNotes.Note(instance.Config, instance.Reported, after, _throttle, after.LastContact ?? now);
        return new() { Reported = Log.WithoutAppended(after), Publishes = publishes };
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

/// <summary>A pull of all providers of a registration.</summary>
/// <param name="Instance">The registration.</param>
/// <param name="Epoch">The epoch in which the pull began.</param>
/// <param name="Services">The services with the required values that are pulled.</param>
public sealed record Pull(RegisteredInstance Instance, int Epoch, ImmutableArray<RequiredValues.Service> Services);

/// <summary>A snapshot to publish.</summary>
/// <param name="Instance">The registration that provides it.</param>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Pulls">How often dependents had pulled from the registration when the publication began.</param>
public sealed record Publication(RegisteredInstance Instance, ProviderSnapshot Snapshot, long Pulls);
