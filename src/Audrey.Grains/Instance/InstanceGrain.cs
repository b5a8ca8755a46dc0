using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Events;
using Audrey.Abstractions.Instances;
using Audrey.Core.Differences;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Replay;
using Audrey.Grains.Persistence;
using Audrey.Grains.Propagation;
using Audrey.Grains.Rendering;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Audrey.Grains.Instance;

/// <summary>The grain of one instance.</summary>
/// <remarks>
/// The <see cref="InstanceMachine"/> makes the instance's decisions, and the grain is the machine's shell. Only <see cref="InstanceRows"/>
/// writes rows and begins the effects of writes. Calls that interleave keep the <see cref="RegisteredInstance"/> that they began with, and
/// answer <see cref="GuestStatus.StaleCredential"/> if a different one is served when they end.
/// </remarks>
[GrainType("instance")]
internal sealed partial class InstanceGrain(
    [PersistentState(InstanceRows.DefinitionName, StorageNames.Hot)] IPersistentState<InstanceDefinition> definition,
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
    private ContactRecorder _contacts = null!;
    private RegistrationCommands _commands = null!;
    private MemberCommands _members = null!;
    private FactObserver _facts = null!;
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
        _contacts = new ContactRecorder(_id, _machine, _rows, _effects, _commands, silo);
        _members = new MemberCommands(_id, _machine, _rows, _effects, _puller, _answers, silo);
        _facts = new FactObserver(this, _machine, _rows, _effects, silo);
        _registration = silo.Recipients.Add(_id.Value, this);
        _effects.Feeder.Rows = _rows;
        _effects.Begin(_machine.Outstanding);
        _facts.Watch();
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _effects.Feeder.Stop();
        if (_registration is { } registration) silo.Recipients.Remove(_id.Value, registration);

        // An activation that ends because of a failed write does not try to write what is only in memory.
        if (_machine.HasUnwritten && !_rows.HasFailed) await _contacts.Write(_machine.Registered!);
    }

    public ValueTask<InstanceCredential?> GetCredential() => ValueTask.FromResult(
        _machine.Registered is { } instance ? InstanceCredential.Of(instance.Definition, silo.Now) : null);

    public ValueTask<GuestResult<GuestAnswer>> GetConfiguration(GuestContact contact, string? service)
    {
        if (!Admit(contact, out var instance, out var refused)) return new(new GuestResult<GuestAnswer>(refused));

        // In version 0 a GET reports the guest's address. In later versions a PUT does.
        var read = contact.ToContact(instance, notesAddress: contact.ProtocolVersion == 0);
        var trace = _machine.Read(instance, read, silo.Now, silo.Uptime);
        if (trace == ReadTrace.Outdated) return new(new GuestResult<GuestAnswer>(GuestStatus.Outdated));

        // This call is a poll of an unchanged instance. Such a poll awaits, renders and writes nothing.
        if (service is null && (trace & ~ReadTrace.Counts) == 0 && _puller.IsPulled(instance)
            && _answers.HandOut(instance, service) is { IsComplete: true } complete)
        {
            _puller.RefreshIfDue(instance);
            return new(new GuestResult<GuestAnswer>(complete));
        }

        return new(GetConfiguration(instance, read, service, trace));
    }

    public ValueTask<GuestResult<GuestAnswer>> GetParameters(GuestContact contact)
    {
        if (!Admit(contact, out var instance, out var refused)) return new(new GuestResult<GuestAnswer>(refused));
        var read = contact.ToContact(instance, notesAddress: false);
        var trace = _machine.Read(instance, read, silo.Now, silo.Uptime);
        if (trace == ReadTrace.Outdated) return new(new GuestResult<GuestAnswer>(GuestStatus.Outdated));
        var withServices = contact.ProtocolVersion >= 2;
        return (trace & ~ReadTrace.Counts) != 0
            ? GetParameters(instance, read, trace, withServices)
            : new(new GuestResult<GuestAnswer>(_answers.TextOf(instance).Parameters(withServices)));
    }

    public async ValueTask<GuestResult<Tarball>> GetTarball(GuestContact contact)
    {
        if (!Admit(contact, out var instance, out var refused)) return new(refused);
        var read = contact.ToContact(instance, notesAddress: false);
        var trace = _machine.Read(instance, read, silo.Now, silo.Uptime);
        if (trace == ReadTrace.Outdated) return new(GuestStatus.Outdated);
        await _contacts.Record(instance, read, trace);
        return Served(instance, (instance.Definition.HasNoTarball ? null : await Tarball.Get()) ?? RegistrationCommands.EmptyTarball);
    }

    public async Task<GuestResult<GuestAnswer>> Provide(GuestContact contact, Provision provision)
    {
        if (!Admit(contact, out var instance, out var refused)) return new(refused);
        var report = contact.ToContact(instance, notesAddress: true);
        switch (InstanceMachine.Judge(instance, report))
        {
            case Freshness.Unclear:
                return new(GuestStatus.Unclear);
            case Freshness.Refused:
                return new(GuestStatus.NonceRefused);
            case Freshness.Repeated:
                _effects.Begin(_machine.Repeat());
                break;
            default:
                if (!await _rows.Write((machine, now) => machine.Provide(instance, provision.Values, provision.ServiceEnds, report, now)))
                    return new(GuestStatus.StaleCredential);
                break;
        }

        await _effects.WaitForPush();
        return new(_answers.TextOf(instance).Parameters(withServices: false));
    }

    public ValueTask AddWrongSecrets(long generation, WrongSecretCount further)
    {
        _machine.AddWrongSecrets(generation, further);
        return ValueTask.CompletedTask;
    }

    public Task<ConductorAnswer> Register(InstanceRegistration registration) => _commands.Register(registration);

    public Task<ConductorAnswer> Replace(ConductorCommand command, string secret, TimeSpan? deadline) =>
        _commands.Replace(command, secret, deadline);

    public Task<RenewalAnswer> Renew(ConductorKey conductor, RequestMark renewal, string secret, TimeSpan? deadline = null) =>
        _commands.Renew(conductor, renewal, secret, deadline);

    public Task<GuestSecret> RotateSecret(ConductorCommand command, TimeSpan overlap) => _commands.RotateSecret(command, overlap);

    public Task<RetryAnswer> RetryServices(ConductorCommand command, string? service) => _commands.RetryServices(command, service);

    public Task<ConductorAnswer> ReplaceTarball(ConductorCommand command, byte[]? tarball) => _commands.ReplaceTarball(command, tarball);

    public Task<ConductorAnswer> ReplaceTarballWithCopy(ConductorCommand command, byte[] tarball, byte[] gzipCopy) =>
        _commands.ReplaceTarball(command, tarball, gzipCopy);

    public Task<ConductorAnswer> Refuse(ConductorCommand command) => _commands.Refuse(command);

    public async ValueTask<InstanceReport?> GetReport(CancellationToken cancellation)
    {
        if (_machine.Registered is not { } instance) return null;
        await _puller.EnsurePulled(instance, cancellation);
        _facts.Watch();
        return _answers.Report(instance);
    }

    public Task<ConductorAnswer> Launch(InstanceLaunch launch) => _commands.Launch(launch);

    public ValueTask<bool> IsLaunched(LaunchKey launch) => ValueTask.FromResult(_commands.IsLaunched(launch));

    public ValueTask<int?> GetLaunchedPage(LaunchKey launch) => new(_commands.GetLaunchedPage(launch));

    public ValueTask<InstanceConfig?> GetConfig(DeployableId deployable, long incarnation) =>
        new(_commands.GetConfig(deployable, incarnation));

    public ValueTask<InstanceConfig?> GetOutline(LaunchKey launch) => new(_commands.GetOutline(launch));

    public ValueTask<SourcedTally?> GetTally(DeployableId deployable, long incarnation) => _puller.GetTally(deployable, incarnation);

    public ValueTask<MemberLabel?> GetLabel(DeployableId deployable, long incarnation, int page) =>
        new(_members.Comparison.GetLabel(deployable, incarnation, page));

    public Task<InstanceDifferences?> Compare(InstanceConfig given, long incarnation) => _members.Comparison.Compare(given, incarnation);

    public Task HandOver(DeployableId deployable, long incarnation, ConductorKey to) => _members.HandOver(deployable, incarnation, to);

    public Task Amend(GroupChange change) => _members.Amend(change);

    public Task<bool> Leave(DeployableId deployable, long incarnation, DateTimeOffset by) => _members.Leave(deployable, incarnation, by);

    public Task Remove(DeployableId deployable, long incarnation) => End(_members.Remove(deployable, incarnation));

    public Task Retire(DeployableId deployable, long incarnation) => End(_members.Retire(deployable, incarnation));

    public Task Delete(DeployableId deployable, long incarnation) => End(_members.Delete(deployable, incarnation));

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
            ? new Presence(instance.Config.Name, instance.FirstContact, instance.LastContact, instance.Definition.Label)
            : new Presence(null, null, null));

    /// <summary>Ends the activation after a command that left nothing to serve.</summary>
    private async Task End(Task<bool> command)
    {
        if (await command) DeactivateOnIdle();
    }

    /// <summary>Admits a guest's call if it was verified against the current registration.</summary>
    private bool Admit(GuestContact contact, out RegisteredInstance instance, out GuestStatus refused)
    {
        instance = _machine.Registered!;
        refused = instance.Admit(contact, silo.Now);
        if (refused != GuestStatus.Ok) return false;
        var usesNewSecret = contact is { UsesPreviousSecret: false, SecretNumber: not null };
        if (usesNewSecret && instance!.Definition.Rotation is { Previous: not null } rotation)
            _ = _contacts.EndPreviousSecret(rotation.Number);
        return true;
    }

    /// <summary>Returns the answer of a call that has awaited another call, unless a different registration is now served.</summary>
    private GuestResult<T> Served<T>(RegisteredInstance instance, T? answer) where T : class =>
        ReferenceEquals(_machine.Registered, instance) ? new(answer) : new(GuestStatus.StaleCredential);

    private async Task<GuestResult<GuestAnswer>> GetConfiguration(
        RegisteredInstance instance, Contact read, string? service, ReadTrace trace)
    {
        await _contacts.Record(instance, read, trace);
        await _puller.EnsurePulled(instance);
        _puller.RefreshIfDue(instance);
        var answer = _answers.HandOut(instance, service);
        if (answer is { IsComplete: false })
        {
            await _puller.PullMissing(instance);
            answer = _answers.HandOut(instance, service);
        }

        if (answer is { IsComplete: true } && service is not null && trace != ReadTrace.None
            && instance.Reported.ProgressOf(service)?.Started is null)
            await _rows.Write((machine, now) => machine.StartService(instance, service, now));
        return Served(instance, answer);
    }

    private async ValueTask<GuestResult<GuestAnswer>> GetParameters(
        RegisteredInstance instance, Contact read, ReadTrace trace, bool withServices)
    {
        await _contacts.Record(instance, read, trace);
        return Served(instance, _answers.TextOf(instance).Parameters(withServices));
    }

    private async Task<GuestResult<ConfigurationAnswer>> Poll(
        RegisteredInstance instance, string? knownRevision, bool isFromGuest, IRevisionSubscriber? subscriber)
    {
        if (isFromGuest) await _contacts.Record(instance);
        await _puller.EnsurePulled(instance);
        _puller.RefreshIfDue(instance);
        if (!instance.Required.Complete) await _puller.PullMissing(instance);
        if (!instance.Required.Complete && _answers.RevisionOf(instance) != knownRevision)
            await _puller.ReadPresences(instance, _answers.ConfigurationOf(instance));
        return ReferenceEquals(_machine.Registered, instance)
            ? new(Compare(instance, knownRevision, subscriber))
            : new(GuestStatus.StaleCredential);
    }

    private ConfigurationAnswer Compare(RegisteredInstance instance, string? knownRevision, IRevisionSubscriber? subscriber)
    {
        var configuration = _answers.HandOut(instance);
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

        // A repeated call waits as well, because the publication of the first call may have been interrupted.
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
}
