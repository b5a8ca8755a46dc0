using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Replay;

namespace Audrey.Core.Tests.Machines;

/// <summary>The possible steps of an instance and of the event log of its deployable.</summary>
internal enum EventLogStep
{
    Put,
    WriteSucceeds,
    WriteFails,
    AppendBegins,
    AppendArrives,
    AppendEnds,
    AppendIsLost,
    ActivationEnds,
}

/// <summary>The observable state of an <see cref="EventLogWorld"/>.</summary>
/// <param name="Acknowledged">The newest milestone whose write was acknowledged.</param>
/// <param name="InLog">The newest milestone in the log.</param>
/// <param name="InRow">The newest milestone that the row still holds. If the row holds none, the newest milestone in the log.</param>
/// <param name="FirstInRow">The oldest milestone that the row still holds, or 0 if it holds none.</param>
/// <param name="Lacks">Whether the served row has a milestone that is not in the log yet.</param>
/// <param name="IsFeeding">Whether an append is in progress.</param>
/// <param name="Rest">The remaining state that determines the possible further steps and their results.</param>
internal sealed record EventLogView(long Acknowledged, long InLog, long InRow, long FirstInRow, bool Lacks, bool IsFeeding, string Rest);

/// <summary>
/// One instance, its row, and the event log. The machine is real. The world simulates the shell, the storage and the log.
/// </summary>
internal sealed class EventLogWorld(Defect defect) : IWorld<EventLogStep, EventLogView>
{
    private const int MaxPuts = 3;
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly InstanceId Id = InstanceId.Parse("instance");

    private static readonly InstanceDefinition Definition = new InstanceDefinition().Register(
        new InstanceConfig
        {
            Id = Id,
            Name = "instance",
            Secret = "secret",
            Deployable = DeployableId.Parse("deployable"),
            DeployableName = "deployable",
            ProvidedParameters = ["a", "b", "c"],
        },
        ConductorKey.Parse("conductor"), incarnation: 1, page: 0, version: 0, mark: null, Now) with
    { Launch = "launch" };

    private InstanceReported _row = new();
    private InstanceMachine? _machine;
    private Ready? _write;
    private bool _isFeeding;
    private LogEntry? _entry;
    private bool _hasArrived;
    private int _puts;
    private int _ends;
    private long _acknowledged;
    private long _inLog;

    private ImmutableArray<EventNote> Recent => _row.Milestones.Recent;

    public bool Can(EventLogStep step) => step switch
    {
        EventLogStep.Put => _write is null && _puts < MaxPuts,
        EventLogStep.WriteSucceeds or EventLogStep.WriteFails => _write is not null,
        EventLogStep.AppendBegins => _isFeeding && _entry is null && _machine is not null,
        EventLogStep.AppendArrives => _entry is not null && !_hasArrived,
        EventLogStep.AppendEnds => _hasArrived,
        EventLogStep.AppendIsLost => _entry is not null && !_hasArrived,
        _ => _machine is not null && _ends < 2,
    };

    public void Take(EventLogStep step)
    {
        switch (step)
        {
            case EventLogStep.Put:
                _write = Put(Activate(), ++_puts);
                break;
            case EventLogStep.WriteSucceeds:
                _row = _write!.Value.Reported!;
                Begin(_machine!.Commit(_write.Value, Now));
                (_acknowledged, _write) = (_row.Milestones.Last, null);
                break;
            case EventLogStep.WriteFails:
                End();
                break;
            case EventLogStep.AppendBegins:
                _entry = _machine!.Log.Collect(_machine.Registered!, Now, _ => "revision", isEnd: false);
                if (defect == Defect.CountsAppendEarly) _machine.Log.OnAppended(_entry);
                break;
            case EventLogStep.AppendArrives:
                _inLog = Math.Max(_inLog, _entry!.Events.Select(note => note.Sequence).DefaultIfEmpty(0).Max());
                _hasArrived = true;
                break;
            case EventLogStep.AppendEnds:
                _machine!.Log.OnAppended(_entry!);
                (_entry, _hasArrived, _isFeeding) = (null, false, _machine.Outstanding == Effects.Append);
                break;
            case EventLogStep.AppendIsLost:
                _entry = null;
                break;
            default:
                _ends++;
                End();
                break;
        }
    }

    public EventLogView View() => new(
        _acknowledged, _inLog, Recent.LastOrDefault()?.Sequence ?? _inLog, Recent.FirstOrDefault()?.Sequence ?? 0,
        _machine?.Outstanding == Effects.Append, _isFeeding,
        string.Join(
            ", ", _puts, _ends, _row.Milestones.Last, _row.Values.Length, _machine is not null, _write?.Reported?.Milestones.Last,
            _write?.Reported?.Milestones.Recent.Length, _entry?.Sequence, _hasArrived,
            _machine?.Registered?.Reported.Milestones.Recent.Length));

    private static Ready Put(InstanceMachine machine, int number)
    {
        var name = ((char)('a' + number - 1)).ToString();
        var mark = new RequestMark(1_000 + number, (ulong)number, 0);
        var contact = new Contact("192.0.2.1", NotesAddress: true, ProvidesAddress: false, mark);
        var value = Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
        return machine.Provide(machine.Registered!, [new(name, value)], [], contact, Now);
    }

    private InstanceMachine Activate()
    {
        if (_machine is not null) return _machine;
        _machine = new InstanceMachine(Id, Definition, _row);
        Begin(_machine.Outstanding);
        return _machine;
    }

    private void Begin(Effects effects)
    {
        if (defect != Defect.DropsAppend) _isFeeding |= (effects & Effects.Append) != 0;
    }

    /// <summary>Ends the activation and discards everything that it had in memory. The next activation starts from the row.</summary>
    private void End()
    {
        (_machine, _write, _isFeeding, _entry, _hasArrived) = (null, null, false, null, false);
        Activate();
    }
}
