using System.Collections.Immutable;
using System.Text;
using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Facts;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.Core.Text;

namespace Audrey.Core.Instances;

/// <summary>
/// One registration of an instance, as it is served. The object contains the durable rows and the state that is kept in memory for them.
/// There is one object for each registration. So a call can compare object references after an await, to detect that the instance was
/// registered again in the meantime. Only the <see cref="InstanceMachine"/> changes this object.
/// </summary>
public sealed class RegisteredInstance
{
    internal RegisteredInstance(InstanceDefinition definition, InstanceReported reported)
    {
        Definition = definition;
        Reported = reported.Under(definition);
        // A row of a version that did not know this time has it from what that version did know.
        Reported = Provisioning.Settle(Config, Reported, Reported.Completed ?? Reported.FirstContact ?? definition.Registered);
        Required = new RequiredValues(Config, definition.Registered);
        Snapshot = ProviderSnapshot.From(definition, Reported);
        Required.Accept(Snapshot, definition.Registered);
        LastContact = Reported.LastContact;
        ReadSecrets();
        WrongSecrets = Reported.WrongSecrets;
        HandedOut = Reported.HandedOut;
        Facts = Reported.Facts;
    }

    /// <summary>The durable definition row.</summary>
    public InstanceDefinition Definition { get; private set; }

    /// <summary>The digest of the current secret; see <see cref="GuestMemory.DigestOf"/>.</summary>
    public uint SecretDigest { get; private set; }

    /// <summary>The digest of the previous secret. That of the current secret if there is no previous one.</summary>
    public uint PreviousSecretDigest { get; private set; }

    /// <summary>The registered configuration.</summary>
    public InstanceConfig Config => Definition.Config!;

    /// <summary>The durable reported row.</summary>
    public InstanceReported Reported { get; private set; }

    /// <summary>Everything that this instance provides.</summary>
    public ProviderSnapshot Snapshot { get; private set; }

    /// <summary>The instance's required parameters and their values.</summary>
    public RequiredValues Required { get; }

    /// <summary>The time of the last contact with the guest. This time can be later than the time in the row.</summary>
    public DateTimeOffset? LastContact { get; internal set; }

    /// <summary>The time of the first contact with the guest.</summary>
    public DateTimeOffset? FirstContact => Reported.FirstContact ?? LastContact;

    /// <summary>The requests with a wrong secret, or null. This count can be higher than the count in the row.</summary>
    public WrongSecretCount? WrongSecrets { get; internal set; }

    /// <summary>
    /// The last complete revision that the guest received, or null. This revision can be newer than that in the row; see <see
    /// cref="InstanceReported.HandedOut"/>.
    /// </summary>
    public string? HandedOut { get; internal set; }

    /// <summary>
    /// The facts about the machine. The times of their readings can be later than those in the row, because a reading with the same facts
    /// causes no write.
    /// </summary>
    public InstanceFacts Facts { get; internal set; }

    /// <summary>The heartbeats of the agents on the machine.</summary>
    public AgentHeartbeats Heartbeats { get; } = new();

    /// <summary>Whether the guest has said what it has applied, or has received a complete configuration.</summary>
    public bool HasConfiguration => Reported.Progress.Applied is not null || HandedOut is not null;

    /// <summary>
    /// Whether the configuration is complete and rests on a snapshot of every provider. Only then is its revision noted and logged.
    /// </summary>
    public bool IsConfigurationComplete => Required is { Complete: true, KnowsProviders: true };

    /// <summary>The provided parameters that have no value yet.</summary>
    public IEnumerable<string> Missing => Config.ProvidedParameters.Where(name => Reported.ValueOf(name) is null);

    /// <summary>
    /// Whether this activation has published the newest snapshot, or knows that no other instance refers to this instance.
    /// </summary>
    public bool IsPublished => PublishedVersion >= Snapshot.Version;

    /// <summary>The newest snapshot version that this activation has published. 0 if it has published no snapshot.</summary>
    internal long PublishedVersion { get; set; }

    /// <summary>The number of times that dependents have pulled from this activation.</summary>
    internal long Pulls { get; set; }

    /// <summary>
    /// The value of <see cref="Pulls"/> when the activation learned that no other instance refers to this instance. -1 if this is not
    /// known.
    /// </summary>
    internal long PullsWhenAlone { get; set; } = -1;

    /// <summary>
    /// Whether it is known that there is no dependent to push to. A new dependent pulls before it answers any call. So if nothing was
    /// pulled after the activation learned that there is no dependent, no other instance holds a snapshot of this instance.
    /// </summary>
    internal bool HasNoDependents => PullsWhenAlone == Pulls;

    /// <summary>The epoch in which all providers were last pulled. -1 if they were never pulled.</summary>
    internal int PulledEpoch { get; set; } = -1;

    /// <summary>The time of the last pull of missing values. Null if there was no such pull.</summary>
    internal TimeSpan? PulledAt { get; set; }

    /// <summary>The time of the last pull of all providers.</summary>
    internal TimeSpan RefreshedAt { get; set; }

    /// <summary>Returns whether the instance is a member of the given incarnation of the deployable.</summary>
    public bool IsMemberOf(DeployableId deployable, long incarnation) =>
        Config.Deployable == deployable && Definition.Incarnation == incarnation;

    /// <summary>
    /// Returns the strings that must not appear in a service's output: the values of secret parameters, both provided and required, and the
    /// guest's own secret.
    /// </summary>
    public IEnumerable<string> Secrets()
    {
        yield return Config.Secret;
        if (Definition.Rotation is { } rotation)
        {
            yield return rotation.Secret;
            if (rotation.Previous is { } previous) yield return previous;
        }

        foreach (var name in Config.SecretParameters)
            if (Reported.ValueOf(name) is { } given) yield return Encoding.UTF8.GetString(given);
        foreach (var slot in Required.Services.SelectMany(service => service.Slots))
        {
            if (slot.Value is not { } value || !slot.Config.Secret) continue;
            var text = Encoding.UTF8.GetString(value);
            yield return text;
            foreach (var line in text.Split('\n')) yield return line.TrimEnd('\r');

            // A script can show the items as they are in JSON.
            var items = slot.List?.Select(Encoding.UTF8.GetString)
                ?? (slot.Config.Type == ParameterType.List ? ListText.Split(text) : []);
            foreach (var item in items) yield return ListText.Escape(item);
        }
    }

    /// <summary>
    /// Returns the failed services whose ends a service waits for or waited for. A failed service holds the service back if the parameter
    /// says so and fewer services than the parameter needs have succeeded.
    /// </summary>
    public IEnumerable<FailedEnd> FailedEndsOf(ServiceConfig service)
    {
        ArgumentNullException.ThrowIfNull(service);
        foreach (var parameter in service.Parameters)
        {
            if (parameter.Kind != ReferenceKind.ServiceEnd) continue;
            var name = parameter.Reference?.Name ?? parameter.Group!.Name;
            var ends = parameter.Providers
                .Select(provider => (Provider: provider, Exit: Required.SnapshotOf(provider)?.Find(ReferenceKind.ServiceEnd, name)))
                .Select(end => (end.Provider, end.Exit, Status: CompletionRules.OfExitStatus(end.Exit)))
                .Where(end => end.Exit is not null)
                .ToArray();
            var needed = parameter.Group?.Numbers.NeededOf(parameter.Providers.Length) ?? 1;
            var holds = parameter is { OnFailed: FailurePolicy.Stop, Default: null }
                && ends.Count(end => end.Status == CompletionStatus.Success) < needed;
            foreach (var end in ends.Where(end => end.Status == CompletionStatus.Error))
                yield return new(end.Provider, name, Encoding.UTF8.GetString(end.Exit!), holds);
        }
    }

    /// <summary>Returns whether a service must not run although it is complete, because a service that it waited for has failed.</summary>
    public bool IsHeldBack(RequiredValues.Service service)
    {
        ArgumentNullException.ThrowIfNull(service);
        return service.AwaitsEnds && FailedEndsOf(ConfigOf(service)).Any(end => end.Holds);
    }

    private ServiceConfig ConfigOf(RequiredValues.Service service) => Config.Services.First(config => config.Name == service.Name);

    /// <summary>Called when the guest receives a complete configuration.</summary>
    /// <param name="revision">The revision of the configuration.</param>
    /// <param name="saysApplied">Whether the guest can say what it has applied. If it has ever said so, only that counts.</param>
    public void HandOut(string revision, bool saysApplied)
    {
        if (!saysApplied || Reported.Progress.Applied is null) HandedOut = revision;
    }

    /// <summary>
    /// Returns the row with the newest revision, if the guest is not known to have applied it. Returns the same row if nothing changes.
    /// </summary>
    public InstanceReported WithNewest(string revision)
    {
        var newest = NewestRevision.StateOf(Reported, HandedOut, revision) == AppliedState.Applied ? null
            : new NewestRevision(revision, SinceOf(revision));
        return newest == Reported.Newest ? Reported : Reported with { Newest = newest };
    }

    /// <summary>Returns the time at which a revision became complete that is the newest one.</summary>
    private DateTimeOffset SinceOf(string revision) =>
        Reported.Newest is { } newest && newest.Revision == revision ? newest.Since : Required.ChangedAt;

    /// <summary>Returns a report on the state of the instance.</summary>
    /// <param name="newest">The newest revision. Null if the configuration is not complete, or if no guest has received it.</param>
    public InstanceReport Report(string? newest = null)
    {
        var state = newest is null ? AppliedState.Applied : NewestRevision.StateOf(Reported, HandedOut, newest);
        return Describe() with
        {
            Stays = Config.Stays,
            OutOfDateSince = state == AppliedState.OutOfDate ? SinceOf(newest!) : null,
            MaybeOutOfDateSince = state == AppliedState.NotKnown ? SinceOf(newest!) : null,
        };
    }

    /// <summary>Returns the facts about the machine as its conductor sees them.</summary>
    public KeptFacts ShowFacts() => new()
    {
        Instance = Config.Id,
        Label = Definition.Label,
        Deployable = Config.Deployable,
        Conductor = Definition.Conductor,
        Generation = Definition.Generation,
        Reports = [.. Facts.Reports.Select(report => FactFulfilment.WithoutSecrets(Config, report))],
        SilentSince = Heartbeats.SilentSince,
    };

    private InstanceReport Describe() => new()
    {
        Id = Config.Id,
        Name = Config.Name,
        Label = Definition.Label,
        Deployable = Config.Deployable,
        Conductor = Definition.Conductor,
        Status = Provisioning.StatusOf(Config, Reported),
        Registered = Definition.Registered,
        FirstContact = FirstContact,
        LastContact = LastContact,
        WrongSecrets = WrongSecrets,
        Completed = Reported.Completed,
        Settled = Reported.Settled,
        Deadline = Definition.Deadline,
        LeaveBy = Definition.LeaveBy,
        IsAfterLaunch = !Definition.IsOfLaunch,
        Address = Reported.Address,
        SilentSince = Heartbeats.SilentSince,
        Services = [.. Required.Services.Select(Report)],
        PendingProvided = [.. Missing],
        Given = [.. Config.ProvidedParameters.Where(name => Reported.ValueOf(name) is not null)],
        Generation = Definition.Generation,
        Page = Definition.Page,
        Forgiven = Definition.Leniency?.Forgiven ?? [],
        Progress = Reported.Progress with { ValuesDigest = [] },
    };

    /// <summary>
    /// Serves a definition of the same generation. If the definition's groups changed, the providers are pulled before the next answer.
    /// </summary>
    internal void Serve(InstanceDefinition written, DateTimeOffset now)
    {
        var isAmended = !ReferenceEquals(written.Config, Config);
        var isRenewed = written.Retries != Definition.Retries || written.UploadedTarball != Definition.UploadedTarball
            || written.LeaveBy != Definition.LeaveBy;
        Definition = written;
        if (isRenewed) Required.Renew(now);
        ReadSecrets();
        if (!isAmended) return;
        Required.Amend(Config, now);
        Required.Accept(Snapshot, now);
        PulledEpoch = -1;
    }

    /// <summary>Serves a reported row that is durable.</summary>
    internal void Serve(InstanceReported written, DateTimeOffset now)
    {
        var isChanged = written.Version != Reported.Version;
        (Reported, Facts) = (written, written.Facts);
        if (!isChanged) return;
        Snapshot = ProviderSnapshot.From(Definition, written);
        Required.Accept(Snapshot, now);
    }

    private void ReadSecrets()
    {
        SecretDigest = GuestMemory.DigestOf(Definition.Secret!);
        PreviousSecretDigest = Definition.Rotation?.Previous is { } previous ? GuestMemory.DigestOf(previous) : SecretDigest;
    }

    private ServiceReport Report(RequiredValues.Service service)
    {
        var progress = Reported.ProgressOf(service.Name);
        var (run, endedRun) = (Reported.Progress.RunOf(service.Name), Reported.Progress.EndedRunOf(service.Name));
        var ended = endedRun?.Ended > progress?.Ended ? endedRun.Ended : progress?.Ended;
        // The start, the end and the exit status belong to one run. A run under way that follows another one is reported by itself.
        var started = run is { HasEnded: false } && endedRun is not null ? endedRun.Started : progress?.Started;
        var held = HoldersOf(service);
        return new()
        {
            Name = service.Name,
            Status = Provisioning.StatusOf(Reported, service.Name),
            Started = started > ended ? null : started,
            Ended = ended,
            ExitStatus = progress?.ExitStatus is { } exit ? Encoding.UTF8.GetString(exit) : null,
            Unresolved = Required.UnresolvedOf(service),
            Problem = ProblemOf(service),
            IsHeldBack = !held.IsEmpty,
            HeldBy = held,
            WrongValues = WrongValuesOf(service),
        };
    }

    /// <summary>Returns what is wrong with the files and lists of a service, or null if nothing is.</summary>
    private string? ProblemOf(RequiredValues.Service service)
    {
        string?[] all = [ProblemOfSources(service), ProblemOfLists(service)];
        return string.Join("; ", all.OfType<string>()) is { Length: > 0 } problem ? problem : null;
    }

    /// <summary>Returns the executables and files that were left out at registration, or null if there are none.</summary>
    private string? ProblemOfSources(RequiredValues.Service service) =>
        Definition.Leniency?.ProblemOf(service.Name) is { } sources ? $"was registered without all its files: {sources}" : null;

    /// <summary>Returns the failed services that hold a service back that has still to run.</summary>
    private ImmutableArray<FailedEnd> HoldersOf(RequiredValues.Service service) =>
        HasStillToRun(service) && service.AwaitsEnds ? [.. FailedEndsOf(ConfigOf(service)).Where(end => end.Holds)] : [];

    /// <summary>Returns whether a service has never ended, or has not ended since a conductor demanded another run.</summary>
    private bool HasStillToRun(RequiredValues.Service service) =>
        Reported.ProgressOf(service.Name)?.Ended is null
        || Definition.RetryOf(service.Name) > Reported.Progress.EndedRunOf(service.Name)?.Run;

    /// <summary>Returns the problem of lists whose text does not show where their items end, or null if there is none.</summary>
    private static string? ProblemOfLists(RequiredValues.Service service)
    {
        string[] names =
        [
            .. service.Slots.Where(slot => slot.List?.Any(item => item.AsSpan().Contains((byte)'\n')) == true).Select(slot => slot.Name),
        ];
        return names.Length == 0 ? null
            : $"an item of {string.Join(", ", names)} has several lines: guests of versions 0 to 2 and AUDREY_VAR_... read each line as an "
                + "item; version 3 and AUDREY_JSON_... keep it whole";
    }

    /// <summary>Returns the values that are not of the types of their parameters. The items of a list can be any text.</summary>
    private static ImmutableArray<WrongValue> WrongValuesOf(RequiredValues.Service service)
    {
        ImmutableArray<WrongValue>.Builder? wrong = null;
        foreach (var slot in service.Slots)
        {
            if (slot.Config.Type == ParameterType.Text || slot.List is not null || slot.Value is not { } value) continue;
            if (TypeRules.ProblemOf(slot.Config.Type, value) is not { } problem) continue;
            (wrong ??= ImmutableArray.CreateBuilder<WrongValue>()).Add(new(slot.Name, slot.Config.Reference, problem));
        }

        return wrong?.ToImmutable() ?? [];
    }
}
