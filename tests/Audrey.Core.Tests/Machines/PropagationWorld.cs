using System.Globalization;
using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Replay;

namespace Audrey.Core.Tests.Machines;

/// <summary>The possible steps of a provider and a dependent.</summary>
internal enum PropagationStep
{
    Put,
    WriteSucceeds,
    WriteFails,
    PutAgain,
    PublishBegins,
    PublishArrives,
    PublishEnds,
    FirstPushArrives,
    SecondPushArrives,
    Refer,
    PullBegins,
    PullEnds,
    Poll,
    SiloDies,
    SiloDiesAfterWrite,
    DependentRestarts,
}

/// <summary>The observable state of a <see cref="PropagationWorld"/>.</summary>
/// <param name="Puts">The number of PUTs that the guest has sent. The value of each PUT is its number.</param>
/// <param name="Durable">The value in the provider's row.</param>
/// <param name="Acknowledged">The last value that was acknowledged to the guest.</param>
/// <param name="Received">The value that the dependent has.</param>
/// <param name="MaxInFlight">The highest value among the pushes in flight.</param>
/// <param name="AcknowledgedAtStart">The last acknowledged value when the dependent's activation began.</param>
/// <param name="AcknowledgedAtDeath">The last acknowledged value when a silo last died.</param>
/// <param name="Answer">The value that the dependent's guest received in this step, or -1 if it received no answer.</param>
/// <param name="IsPulled">Whether the dependent's snapshots count as pulled, so that it can answer without another pull.</param>
/// <param name="IsPublishing">Whether a publication is in progress.</param>
/// <param name="Restarts">The number of times that the dependent's activation has ended.</param>
/// <param name="KnownBySubscriber">The value that a subscriber has while it waits for a notification, or -1 if no subscriber waits.</param>
/// <param name="Rest">The remaining state that determines the possible further steps and their results.</param>
internal sealed record PropagationView(
    int Puts, int Durable, int Acknowledged, int Received, int MaxInFlight, int AcknowledgedAtStart, int AcknowledgedAtDeath, int Answer,
    bool IsPulled, bool IsPublishing, int Restarts, int KnownBySubscriber, string Rest);

/// <summary>
/// A provider, a dependent, the grain between them, and everything in flight. The machines are real. The world simulates their shells, the
/// storage and the network. Messages arrive in any order. A silo that dies loses everything that it had in memory.
/// </summary>
internal sealed class PropagationWorld(Defect defect) : IWorld<PropagationStep, PropagationView>
{
    private const int MaxPuts = 2;
    private const int MaxPushes = 2;
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly DeployableId Deployable = DeployableId.Parse("deployable");
    private static readonly InstanceId ProviderId = InstanceId.Parse("provider");
    private static readonly InstanceId DependentId = InstanceId.Parse("dependent");

    private static readonly InstanceDefinition ProviderDefinition = Define(ProviderId, ["ip"], []);

    private static readonly InstanceDefinition DependentDefinition = Define(DependentId, [], [new ServiceConfig
    {
        Name = "service",
        Parameters = [new() { Name = "ip", Reference = new(ProviderId, ReferenceKind.ProvidedParameter, "ip") }],
    }]);

    // The durable state.
    private InstanceReported _row = new();
    private bool _refers;

    // The state in memory, and the messages in flight.
    private InstanceMachine? _provider;
    private (Ready Ready, int Value)? _write;
    private bool _isPublishing;
    private Publication? _publication;
    private bool? _hasDependents;
    private readonly List<ProviderSnapshot> _pushes = [];
    private InstanceMachine? _dependent;
    private (Pull Pull, ProviderSnapshot Snapshot)? _pull;
    private int _deaths;

    // The history.
    private int _puts;
    private int _acknowledged;
    private int _acknowledgedAtStart;
    private int _acknowledgedAtDeath;
    private int _answer = -1;
    private int _restarts;
    private int _knownBySubscriber = -1;

    private InstanceMachine Provider => _provider ??= new InstanceMachine(ProviderId, ProviderDefinition, _row);

    /// <summary>The epoch of the dependent's silo. It increases by one with each death of a silo.</summary>
    private int Epoch => defect == Defect.IgnoresEpoch ? 0 : _deaths;

    private RegisteredInstance? Dependent => _dependent?.Registered;

    public bool Can(PropagationStep step) => step switch
    {
        PropagationStep.Put => _write is null && _puts < MaxPuts,
        PropagationStep.WriteSucceeds => _write is not null,
        PropagationStep.WriteFails => _write is not null && !_isPublishing,
        PropagationStep.PutAgain => _write is null && ValueIn(_row) > 0,
        PropagationStep.PublishBegins => _isPublishing && _publication is null,
        PropagationStep.PublishArrives => _publication is not null && _hasDependents is null && _pushes.Count < MaxPushes,
        PropagationStep.PublishEnds => _hasDependents is not null,
        PropagationStep.FirstPushArrives => _pushes.Count > 0,
        PropagationStep.SecondPushArrives => _pushes.Count > 1,
        PropagationStep.Refer => !_refers,
        PropagationStep.PullBegins => _refers && _pull is null && !IsPulled(),
        PropagationStep.PullEnds => _pull is not null,
        PropagationStep.Poll => _refers && IsPulled(),
        PropagationStep.SiloDies => _deaths == 0,
        PropagationStep.SiloDiesAfterWrite => _deaths == 0 && _write is not null,
        _ => _dependent is not null && _restarts == 0,
    };

    public void Take(PropagationStep step)
    {
        _answer = -1;
        switch (step)
        {
            case PropagationStep.Put:
                Put();
                break;
            case PropagationStep.WriteSucceeds:
                _row = _write!.Value.Ready.Reported!;
                if (defect != Defect.ServesBeforeWrite) BeginAtProvider(Provider.Commit(_write.Value.Ready, Now));
                _acknowledged = _write.Value.Value;
                _write = null;
                break;
            case PropagationStep.WriteFails:
                (_provider, _write) = (null, null);
                break;
            case PropagationStep.PutAgain:
                BeginAtProvider(Provider.Repeat());
                _acknowledged = ValueIn(_row);
                break;
            case PropagationStep.PublishBegins:
                _publication = Provider.NextPublication();
                _isPublishing = _publication is not null;
                break;
            case PropagationStep.PublishArrives:
                _hasDependents = _refers;
                if (_refers) _pushes.Add(_publication!.Snapshot);
                break;
            case PropagationStep.PublishEnds:
                InstanceMachine.EndPublication(_publication!, _hasDependents!.Value);
                (_publication, _hasDependents) = (null, null);
                break;
            case PropagationStep.FirstPushArrives:
                Arrive(0);
                break;
            case PropagationStep.SecondPushArrives:
                Arrive(1);
                break;
            case PropagationStep.Refer:
                _refers = true;
                Activate();
                break;
            case PropagationStep.PullBegins:
                Activate();
                _pull = (InstanceMachine.BeginPull(Dependent!, Epoch, TimeSpan.Zero), Read());
                break;
            case PropagationStep.PullEnds:
                EndPull();
                break;
            case PropagationStep.Poll:
                Activate();
                _answer = ValueIn(Dependent!);
                _dependent!.Subscribers.Add("gateway", RevisionOf(Dependent!), TimeSpan.Zero);
                _knownBySubscriber = _answer;
                break;
            case PropagationStep.SiloDies:
                Die();
                break;
            case PropagationStep.SiloDiesAfterWrite:
                _row = _write!.Value.Ready.Reported!;
                Die();
                break;
            default:
                (_dependent, _pull, _knownBySubscriber) = (null, null, -1);
                _restarts++;
                break;
        }
    }

    public PropagationView View() => new(
        _puts, ValueIn(_row), _acknowledged, Dependent is { } dependent ? ValueIn(dependent) : 0,
        _pushes.Select(ValueIn).DefaultIfEmpty(0).Max(), _acknowledgedAtStart, _acknowledgedAtDeath, _answer,
        Dependent is not null && InstanceMachine.IsPulled(Dependent, _deaths), _isPublishing, _restarts, _knownBySubscriber, Rest());

    private string Rest()
    {
        var provider = _provider?.Registered;
        object?[] parts =
        [
            _refers, _deaths, _write?.Value, _hasDependents, provider?.IsPublished, provider?.HasNoDependents,
            provider is null ? null : Text(provider.Snapshot),
            _publication is null ? null : Text(_publication.Snapshot) + (_publication.Pulls == provider?.Pulls),
            string.Join(' ', _pushes.Select(Text)),
            _pull is { } pull ? Text(pull.Snapshot) + (pull.Pull.Epoch == Epoch) : null,
            Dependent?.PulledEpoch == Epoch, Dependent?.Required.SnapshotOf(ProviderId) is { } known ? Text(known) : null,
            _dependent?.Subscribers.Any,
        ];
        return string.Join(", ", parts);
    }

    private void Put()
    {
        var value = Encoding.ASCII.GetBytes((++_puts).ToString(CultureInfo.InvariantCulture));
        var contact = new Contact("192.0.2.1", NotesAddress: true, ProvidesAddress: false, new RequestMark(1_000 + _puts, (ulong)_puts, 0));
        var ready = Provider.Provide(Provider.Registered!, [new("ip", value)], [], contact, Now);
        _write = (ready, _puts);
        if (defect == Defect.ServesBeforeWrite) BeginAtProvider(Provider.Commit(ready, Now));
    }

    private void BeginAtProvider(Effects effects)
    {
        if (defect != Defect.DropsPublish) _isPublishing |= (effects & Effects.Publish) != 0;
    }

    private void BeginAtDependent(Effects effects)
    {
        if ((effects & Effects.Notify) == 0 || defect == Defect.DropsNotify) return;
        if (_dependent!.Subscribers.Take(RevisionOf(Dependent!), TimeSpan.Zero).Count > 0) _knownBySubscriber = -1;
    }

    /// <summary>Delivers a push. A dependent that is not in memory is activated.</summary>
    private void Arrive(int index)
    {
        var snapshot = _pushes[index];
        _pushes.RemoveAt(index);
        Activate();
        var known = Dependent!.Required.SnapshotOf(ProviderId);
        if (defect == Defect.AcceptsOlderSnapshot && known?.Version > snapshot.Version)
            snapshot = snapshot with { Version = known.Version + 1 };
        BeginAtDependent(_dependent!.Accept(snapshot, Now));
    }

    private ProviderSnapshot Read() =>
        defect == Defect.IgnoresPull ? Provider.Registered!.Snapshot : Provider.Snapshot(Deployable, incarnation: 1);

    private void EndPull()
    {
        var (pull, snapshot) = _pull!.Value;
        BeginAtDependent(_dependent!.Accept(pull.Instance, [snapshot], Now));
        InstanceMachine.EndPull(defect == Defect.CountsOldPull ? pull with { Epoch = Epoch } : pull);
        _pull = null;
    }

    private void Activate()
    {
        if (_dependent is not null) return;
        _dependent = new InstanceMachine(DependentId, DependentDefinition, new InstanceReported());
        _acknowledgedAtStart = _acknowledged;
    }

    /// <summary>
    /// The provider's silo dies. All messages that came from this silo or passed through it are lost, except the result that a pull has
    /// already read.
    /// </summary>
    private void Die()
    {
        _deaths++;
        _acknowledgedAtDeath = _acknowledged;
        (_provider, _write, _isPublishing, _publication, _hasDependents) = (null, null, false, null, null);
        _pushes.Clear();
    }

    private bool IsPulled() =>
        defect == Defect.AnswersWithoutPull || (Dependent is not null && InstanceMachine.IsPulled(Dependent, Epoch));

    private static InstanceDefinition Define(InstanceId id, string[] provides, ServiceConfig[] services) =>
        new InstanceDefinition().Register(
        new InstanceConfig
        {
            Id = id,
            Name = id.Value,
            Secret = "secret",
            Deployable = Deployable,
            DeployableName = "deployable",
            ProvidedParameters = [.. provides],
            Services = [.. services],
        },
        ConductorKey.Parse("conductor"), incarnation: 1, page: 0, version: 0, mark: null, Now);

    private static string RevisionOf(RegisteredInstance dependent) => ValueIn(dependent).ToString(CultureInfo.InvariantCulture);

    private static string Text(ProviderSnapshot snapshot) => $"version {snapshot.Version} with {ValueIn(snapshot)}";

    private static int ValueIn(RegisteredInstance dependent) =>
        dependent.Required.SnapshotOf(ProviderId) is { } snapshot ? ValueIn(snapshot) : 0;

    private static int ValueIn(ProviderSnapshot snapshot) => Number(snapshot.Find(ReferenceKind.ProvidedParameter, "ip"));

    private static int ValueIn(InstanceReported row) => Number(row.ValueOf("ip"));

    private static int Number(byte[]? value) => value is null ? 0 : int.Parse(value, CultureInfo.InvariantCulture);
}
