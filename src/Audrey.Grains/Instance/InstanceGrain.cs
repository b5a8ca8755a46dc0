using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Instances;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Replay;
using Audrey.Grains.Persistence;
using Audrey.Grains.Propagation;
using Audrey.Grains.Rendering;
using Orleans.Runtime;

namespace Audrey.Grains.Instance;

/// <summary>One instance.</summary>
/// <remarks>The <see cref="InstanceMachine"/> makes the instance's decisions, and the grain is the machine's shell. Only <see
/// cref="InstanceRows"/> writes rows; it also begins the effects. Calls that interleave keep the <see cref="RegisteredInstance"/> that they
/// began with, and answer <see cref="GuestStatus.StaleCredential"/> if a different one is served when they end.</remarks>
[GrainType("instance")]
internal sealed partial class InstanceGrain(
    [PersistentState("definition", StorageNames.Hot)] IPersistentState<InstanceDefinition> definition,
    [PersistentState("reported", StorageNames.Hot)] IPersistentState<InstanceReported> reported,
    InstanceServices silo)
    : Grain, IGuestGrain, IInstanceGrain, IMemberGrain, IProviderGrain, ISnapshotRecipient
{
    private readonly InstanceAnswers _answers = new();
    private InstanceId _id;
    private InstanceMachine _machine = null!;
    private InstanceEffects _effects = null!;
    private InstanceRows _rows = null!;
    private Puller _puller = null!;
    private RegistrationCommands _commands = null!;
    private LocalRecipients.Registration? _registration;

    private ITarballGrain Tarball => GrainFactory.Reference<ITarballGrain>(GrainKeys.Of(_id));

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _id = InstanceId.Parse(this.GetPrimaryKeyString()[2..]);
        definition.State = definition.State.WithSharedTexts();
        _machine = new InstanceMachine(_id, definition.State, reported.State);
        _effects = new InstanceEffects(_id, _machine, _answers, silo);
        _rows = new InstanceRows(new(definition, this, silo.Logger), new(reported, this, silo.Logger), _machine, _effects, silo.Time);
        _puller = new Puller(_id, _machine, _effects, silo);
        _commands = new RegistrationCommands(_id, _machine, _rows, _effects, silo);
        _registration = silo.Recipients.Add(_id.Value, this);
        _effects.Begin(_machine.Outstanding);
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _effects.Feeder.Stop();
        if (_registration is { } registration) silo.Recipients.Remove(_id.Value, registration);

        // The time of a contact is not written immediately. An activation that ends because a write failed does not try to write it.
        if (_machine.Registered is not { } instance || instance.LastContact == instance.Reported.LastContact || _rows.HasFailed) return;
        await WriteContact(instance);
    }

    // Guests of versions 0 to 2

    public ValueTask<InstanceCredential?> GetCredential() => ValueTask.FromResult(_machine.Registered is { } instance
        ? new InstanceCredential(instance.Definition.Generation, instance.Config.Secret) { Deployable = instance.Config.Deployable.Value }
        : null);

    public ValueTask<GuestResult<GuestAnswer>> GetConfiguration(GuestContact contact, string? service)
    {
        if (!Admit(contact, out var instance, out var refused)) return new(new GuestResult<GuestAnswer>(refused));

        // In version 0 a GET reports the guest's address. In later versions a PUT does.
        var isVersion0 = contact.ProtocolVersion == 0;
        var read = new Contact(contact.Address, NotesAddress: isVersion0, ProvidesAddress: isVersion0, contact.Mark);
        var trace = _machine.Read(instance, read, silo.Now);

        // This is a poll of an unchanged instance: it awaits, renders and writes nothing.
        if (service is null && (trace & ~ReadTrace.Counts) == 0 && _puller.IsPulled(instance)
            && _answers.TextOf(instance).Configuration() is { IsComplete: true } complete)
        {
            _puller.RefreshIfDue(instance);
            return new(new GuestResult<GuestAnswer>(complete));
        }

        return new(GetConfiguration(instance, read, service, trace));
    }

    public ValueTask<GuestResult<GuestAnswer>> GetParameters(GuestContact contact)
    {
        if (!Admit(contact, out var instance, out var refused)) return new(new GuestResult<GuestAnswer>(refused));
        var read = new Contact(contact.Address, NotesAddress: false, ProvidesAddress: false, contact.Mark);
        var trace = _machine.Read(instance, read, silo.Now);
        var withServices = contact.ProtocolVersion >= 2;
        return trace > ReadTrace.Counts
            ? GetParameters(instance, read, trace, withServices)
            : new(new GuestResult<GuestAnswer>(_answers.TextOf(instance).Parameters(withServices)));
    }

    public async ValueTask<GuestResult<Tarball>> GetTarball(GuestContact contact)
    {
        if (!Admit(contact, out var instance, out var refused)) return new(refused);
        var read = new Contact(contact.Address, NotesAddress: false, ProvidesAddress: false, contact.Mark);
        await Record(instance, read, _machine.Read(instance, read, silo.Now));
        var tarball = instance.Definition.HasNoTarball ? null : await Tarball.Get();
        return Served(instance, tarball ?? RegistrationCommands.EmptyTarball);
    }

    public async Task<GuestResult<GuestAnswer>> Provide(GuestContact contact, Provision provision)
    {
        if (!Admit(contact, out var instance, out var refused)) return new(refused);
        switch (instance.Reported.Requests.Judged(contact.Mark))
        {
            case Freshness.Refused:
                return new(GuestStatus.NonceRefused);
            case Freshness.Repeated:
                _effects.Begin(_machine.Repeat());
                break;
            default:
                var report = new Contact(contact.Address, NotesAddress: true, ProvidesAddress: contact.ProtocolVersion == 0, contact.Mark);
                if (!await _rows.Write((machine, now) => machine.Provide(instance, provision.Values, provision.ServiceEnds, report, now)))
                    return new(GuestStatus.StaleCredential);
                break;
        }

        await _effects.WaitForPush();
        return new(_answers.TextOf(instance).Parameters(withServices: false));
    }

    // Guests of version 3

    public async ValueTask<GuestResult<HelloAnswer>> Hello(GuestContact contact)
    {
        if (!Admit(contact, out var instance, out var refused)) return new(refused);
        await Record(instance);
        await _puller.EnsurePulled(instance);
        var tarball = instance.Definition.HasNoTarball ? null : await Tarball.Describe();
        var config = instance.Config;
        return Served(instance, new HelloAnswer
        {
            IsComplete = instance.Required.Complete,
            Config = config with { Secret = "", Services = [.. config.Services.Select(service => service with { Parameters = [] })] },
            Generation = instance.Definition.Generation,
            Missing = [.. instance.Missing],
            Services = instance.Reported.Services,
            Progress = instance.Reported.Progress with { Facts = [], ValuesDigest = [] },
            Revision = _answers.RevisionOf(instance),
            TarballDigest = tarball?.Digest,
            TarballBytes = tarball?.Bytes ?? 0,
        });
    }

    public async ValueTask<GuestResult<CommandAnswer>> Heartbeat(GuestContact contact)
    {
        if (!Admit(contact, out var instance, out var refused)) return new(refused);
        await Record(instance);
        return Served(instance, Answer(instance, default));
    }

    public ValueTask<GuestResult<ConfigurationAnswer>> Poll(
        GuestContact contact, string? knownRevision, bool isFromGuest, IRevisionSubscriber? subscriber)
    {
        if (!Admit(contact, out var instance, out var refused)) return new(new GuestResult<ConfigurationAnswer>(refused));

        // As in the other versions, a poll of an unchanged, complete instance awaits and writes nothing.
        if (instance.Required.Complete && _puller.IsPulled(instance) && !(isFromGuest && InstanceMachine.Hear(instance, silo.Now)))
        {
            _puller.RefreshIfDue(instance);
            return new(new GuestResult<ConfigurationAnswer>(Compare(instance, knownRevision, subscriber)));
        }

        return new(Poll(instance, knownRevision, isFromGuest, subscriber));
    }

    public Task<GuestResult<CommandAnswer>> SetValues(GuestContact contact, ValuesReport report) =>
        Command(contact, report.Generation, (machine, instance, now) =>
            machine.SetValues(instance, report.Number, report.Digest, report.Values, contact.Address, now));

    public Task<GuestResult<CommandAnswer>> ReportService(GuestContact contact, ServiceRunReport report)
    {
        var run = new ServiceRun
        {
            Service = report.Service,
            Run = report.Run,
            Message = report.Message,
            Duration = report.Duration,
            Output = report.Output,
        };
        return Command(contact, report.Generation, (machine, instance, now) =>
            machine.ReportService(instance, report.Step, run, report.ExitStatus, contact.Address, now));
    }

    public Task<GuestResult<CommandAnswer>> ReportApplied(GuestContact contact, AppliedRevision applied) =>
        Command(contact, applied.Generation, (machine, instance, now) => machine.ReportApplied(instance, applied.Revision, now));

    public Task<GuestResult<CommandAnswer>> SetFacts(GuestContact contact, GuestFacts facts) =>
        Command(contact, facts.Generation, (machine, instance, now) => machine.SetFacts(instance, facts.Facts, now));

    // Conductors and the deployable

    public Task<ConductorAnswer> Register(InstanceRegistration registration) => _commands.Register(registration);

    public Task<ConductorAnswer> Replace(ConductorCommand command, string secret) => _commands.Replace(command, secret);

    public Task<ConductorAnswer> ReplaceTarball(ConductorCommand command, byte[]? tarball) => _commands.ReplaceTarball(command, tarball);

    public async ValueTask<InstanceReport?> GetReport(CancellationToken cancellation)
    {
        if (_machine.Registered is not { } instance) return null;
        await _puller.EnsurePulled(instance, cancellation);
        return instance.Report();
    }

    public Task<ConductorAnswer> Launch(InstanceLaunch launch) => _commands.Launch(launch);

    public ValueTask<bool> IsLaunched(LaunchKey launch) => ValueTask.FromResult(_commands.IsLaunched(launch));

    public ValueTask<InstanceConfig?> GetConfig(DeployableId deployable, long incarnation) => ValueTask.FromResult(
        _machine.Registered is { } instance && instance.IsMemberOf(deployable, incarnation) ? instance.Config : null);

    public Task Amend(GroupChange change) => _commands.Amend(change);

    public async Task Remove(DeployableId deployable, long incarnation)
    {
        if (await _commands.Remove(deployable, incarnation)) DeactivateOnIdle();
    }

    public async Task Delete(DeployableId deployable, long incarnation)
    {
        if (await _commands.Delete(deployable, incarnation)) DeactivateOnIdle();
    }

    // Other instances

    public ValueTask<ProviderSnapshot> GetSnapshot(DeployableId deployable, long incarnation) =>
        ValueTask.FromResult(_machine.Snapshot(deployable, incarnation));

    public ValueTask Receive(ProviderSnapshot snapshot)
    {
        Accept(snapshot);
        return ValueTask.CompletedTask;
    }

    public void Accept(ProviderSnapshot snapshot) => _effects.Begin(_machine.Accept(snapshot, silo.Now));

    public ValueTask<Presence> GetPresence(DeployableId deployable, long incarnation) => ValueTask.FromResult(
        _machine.Registered is { } instance && instance.IsMemberOf(deployable, incarnation)
            ? new Presence(instance.Config.Name, instance.Reported.FirstContact ?? instance.LastContact, instance.LastContact)
            : new Presence(null, null, null));

    /// <summary>Admits a guest's call if it was verified against the registration that is served.</summary>
    private bool Admit(GuestContact contact, out RegisteredInstance instance, out GuestStatus refused)
    {
        instance = _machine.Registered!;
        refused = instance is null ? GuestStatus.NotRegistered
            : instance.Definition.Generation != contact.Generation ? GuestStatus.StaleCredential
            : GuestStatus.Ok;
        return refused == GuestStatus.Ok;
    }

    /// <summary>Returns the answer of a call that has awaited something, unless a different registration is served by now.</summary>
    private GuestResult<T> Served<T>(RegisteredInstance instance, T? answer)
        where T : class =>
        ReferenceEquals(_machine.Registered, instance) ? new(answer) : new(GuestStatus.StaleCredential);

    private async Task<GuestResult<GuestAnswer>> GetConfiguration(
        RegisteredInstance instance, Contact read, string? service, ReadTrace trace)
    {
        await Record(instance, read, trace);
        await _puller.EnsurePulled(instance);
        var answer = Answer();
        if (answer is { IsComplete: false })
        {
            await _puller.PullMissing(instance);
            answer = Answer();
        }

        if (answer is { IsComplete: true } && service is not null && trace != ReadTrace.None
            && instance.Reported.ProgressOf(service)?.Started is null)
            await _rows.Write((machine, now) => machine.StartService(instance, service, now));
        return Served(instance, answer);

        GuestAnswer? Answer()
        {
            var answers = _answers.TextOf(instance);
            return service is null ? answers.Configuration() : answers.Configuration(service);
        }
    }

    private async ValueTask<GuestResult<GuestAnswer>> GetParameters(
        RegisteredInstance instance, Contact read, ReadTrace trace, bool withServices)
    {
        await Record(instance, read, trace);
        return Served(instance, _answers.TextOf(instance).Parameters(withServices));
    }

    private async Task<GuestResult<ConfigurationAnswer>> Poll(
        RegisteredInstance instance, string? knownRevision, bool isFromGuest, IRevisionSubscriber? subscriber)
    {
        if (isFromGuest) await Record(instance);
        await _puller.EnsurePulled(instance);
        if (!instance.Required.Complete) await _puller.PullMissing(instance);
        if (!instance.Required.Complete && _answers.RevisionOf(instance) != knownRevision)
            await _puller.ReadPresences(instance, _answers.ConfigurationOf(instance));
        return ReferenceEquals(_machine.Registered, instance)
            ? new(Compare(instance, knownRevision, subscriber))
            : new(GuestStatus.StaleCredential);
    }

    private ConfigurationAnswer Compare(RegisteredInstance instance, string? knownRevision, IRevisionSubscriber? subscriber)
    {
        var configuration = _answers.ConfigurationOf(instance);
        if (configuration.Revision != knownRevision) return configuration.Answer();
        if (subscriber is not null) _machine.Subscribers.Add(subscriber, configuration.Revision, silo.Uptime);
        return configuration.Unchanged();
    }

    private async Task<GuestResult<CommandAnswer>> Command(
        GuestContact contact, long generation, Func<InstanceMachine, RegisteredInstance, DateTimeOffset, CommandStep> command)
    {
        if (!Admit(contact, out var instance, out var refused)) return new(refused);
        if (generation != instance.Definition.Generation)
            return new(Answer(instance, new(default, CommandVerdict.Older)) with { IsOtherGeneration = true });
        CommandStep step = default;
        if (!await _rows.Write((machine, now) => (step = command(machine, instance, now)).Ready)) return new(GuestStatus.StaleCredential);

        // This also waits after a repetition, because the publication of the first call may have been cut short.
        await _effects.WaitForPush();
        return new(Answer(instance, step));
    }

    private static CommandAnswer Answer(RegisteredInstance instance, CommandStep step) => new()
    {
        Verdict = step.Verdict,
        Generation = instance.Definition.Generation,
        Number = step.Number,
        Missing = [.. instance.Missing],
        Unknown = [.. step.Unknown ?? []],
    };

    /// <summary>
    /// Writes the changes that a GET of versions 0 to 2 causes, if they must be written now. Otherwise they are written later.
    /// </summary>
    private async Task Record(RegisteredInstance instance, Contact read, ReadTrace trace)
    {
        if ((trace & (ReadTrace.WriteTime | ReadTrace.WriteAddress)) != 0)
        {
            try
            {
                await _rows.Write((machine, now) => machine.RecordContact(instance, read, now));
            }
            catch (NotDurableException exception) when ((trace & ReadTrace.WriteAddress) == 0)
            {
                // A GET without other changes is answered even if the time of its contact could not be written.
                LogContactNotWritten(silo.Logger, _id.Value, exception);
            }
        }
        else if ((trace & ReadTrace.Publish) != 0)
        {
            _effects.Begin(_machine.Repeat());
        }

        if (trace != ReadTrace.None && read.NotesAddress) await _effects.WaitForPush();
    }

    /// <summary>Records a contact of a guest of version 3. It is written only if the time in the row is old.</summary>
    private Task Record(RegisteredInstance instance) =>
        InstanceMachine.Hear(instance, silo.Now) ? WriteContact(instance) : Task.CompletedTask;

    /// <summary>Writes the time of a contact. The guest is answered even if this write fails.</summary>
    private async Task WriteContact(RegisteredInstance instance)
    {
        try
        {
            await _rows.Write((machine, now) => machine.WriteContact(instance, now));
        }
        catch (NotDurableException exception)
        {
            LogContactNotWritten(silo.Logger, _id.Value, exception);
        }
    }
}
