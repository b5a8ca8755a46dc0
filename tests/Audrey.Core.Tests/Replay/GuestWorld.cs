using System.Globalization;
using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Replay;

namespace Audrey.Core.Tests.Replay;

/// <summary>
/// One instance, its conductor, its guest, and a stranger who has captured all requests of the guest. The machine and the rows are real.
/// The world counts by itself what it has sent, and compares every answer with that.
/// </summary>
internal sealed class GuestWorld
{
    private const long Day = 24 * 60 * 60;
    private const string Stranger = "203.0.113.9";
    private static readonly InstanceId Id = InstanceId.Parse("me");
    private static readonly DeployableId Deployable = DeployableId.Parse("d");
    private static readonly ConductorKey Conductor = ConductorKey.Parse("c");
    private static readonly long[] ClockSteps =
        [1, 5, 30, 70, 3_600, -3_600, -8 * 3_600, -Day, 2 * Day, -2 * Day, 3_650 * Day, -3_650 * Day];

    // A row remembers as many secrets.
    private static readonly string[] Secrets = ["alpha", "beta", "gamma", "delta"];

    private readonly List<Captured> _captured = [];
    private readonly Dictionary<string, List<long>> _puts = Secrets.ToDictionary(secret => secret, _ => new List<long>());
    private readonly Dictionary<string, long> _newest = Secrets.ToDictionary(secret => secret, _ => long.MinValue);

    // The GETs that each secret's window received since the start of the activation or the last deletion.
    private readonly Dictionary<string, List<(RequestMark Mark, TimeSpan At)>> _received =
        Secrets.ToDictionary(secret => secret, _ => new List<(RequestMark, TimeSpan)>());

    private InstanceDefinition _definition = new();
    private InstanceReported _row = new();
    private InstanceMachine? _machine;
    private long _clock = 1_350_000_000;
    private TimeSpan _time = TimeSpan.FromDays(1);
    private ulong _nonces;
    private int _deletions;
    private int _sent;
    private int _value;

    private InstanceMachine Machine => _machine ??= new InstanceMachine(Id, _definition, _row);

    private RegisteredInstance? Instance => Machine.Registered;

    private DateTimeOffset Now => DateTimeOffset.UnixEpoch + _time;

    /// <summary>Takes a step. The number chooses among the possibilities of the step.</summary>
    public void Take(int kind, int number)
    {
        _time += TimeSpan.FromSeconds(1);
        _clock++;
        switch (kind)
        {
            case 0:
                Write(Machine.Begin((before, version) => before.Register(
                    Config(Secrets[number % Secrets.Length]), Conductor, 1, 0, version, null, Now)));
                _value = 0;
                break;
            case 1:
                if (Instance is null) return;
                Write(Machine.Begin((before, version) => before.Delete(version, new(Deployable, 1))));
                Write(Machine.ForgetReported());
                foreach (var secret in Secrets) _newest[secret] = long.MinValue;
                ForgetReceived();
                (_value, _deletions) = (0, _deletions + 1);
                break;
            case 2:
                var secretAfter = Secrets[number % Secrets.Length];
                if (Instance is null || secretAfter == _definition.Secret) return;
                Write(Machine.Amend(before => before.Rotate(secretAfter, TimeSpan.FromDays(30), new(0, ++_nonces, 0), Now)));
                break;
            case 3:
                _clock += ClockSteps[number % ClockSteps.Length];
                break;
            case 4:
                _time += TimeSpan.FromSeconds(number % 100);
                break;
            case 5:
                if (number % 2 == 0 && Machine.HasUnwritten) Write(Machine.WriteContact(Instance!, Now));
                _machine = null;
                ForgetReceived();
                break;
            case 6:
                if (Instance is not null) Put(Capture(isPut: true), isCaptured: false);
                break;
            case 7:
                if (Instance is not null) Get(Capture(isPut: false), version0: number % 2 == 0, isCaptured: false);
                break;
            default:
                if (_captured.Count == 0 || Instance is null) return;
                var captured = _captured[number % _captured.Count];

                // The gateway refuses a signature with any other secret.
                if (captured.Secret != _definition.Secret && captured.Secret != _definition.Rotation?.Previous) return;
                if (captured.IsPut) Put(captured, isCaptured: true);
                else Get(captured, version0: kind == 8, isCaptured: true);
                break;
        }

        if (Instance is { } instance)
            Assert.Equal(_value, int.Parse(instance.Reported.ValueOf("value") ?? "0"u8, CultureInfo.InvariantCulture));
    }

    private Captured Capture(bool isPut)
    {
        var captured = new Captured(_definition.Secret!, new(_clock, ++_nonces, 1), isPut, _deletions, isPut ? ++_sent : 0);
        _captured.Add(captured);
        return captured;
    }

    private void Put(Captured put, bool isCaptured)
    {
        var contact = Contact(put, notesAddress: true, isCaptured);
        var puts = _puts[put.Secret];
        var forgotten = puts.OrderDescending().Skip(PutMemory.Capacity).Cast<long?>().FirstOrDefault();
        var judged = InstanceMachine.Judge(Instance!, contact);
        if (isCaptured)
        {
            Assert.NotEqual(Freshness.Fresh, judged);
            return;
        }

        Assert.Equal(put.Mark.Timestamp > (forgotten ?? long.MinValue) ? Freshness.Fresh : Freshness.Unclear, judged);
        if (judged != Freshness.Fresh) return;
        Write(Machine.Provide(Instance!, [new("value", Encoding.ASCII.GetBytes($"{put.Value}"))], [], contact, Now));
        puts.Add(put.Mark.Timestamp);
        Renew(put);
        _value = put.Value;
    }

    private void Get(Captured get, bool version0, bool isCaptured)
    {
        var received = _received[get.Secret];
        var (newest, timestamp) = (_newest[get.Secret], get.Mark.Timestamp);
        var before = Instance!.Reported.Address;
        var known = received.TakeLast(ReplayWindow.Capacity).FirstOrDefault(other => other.Mark == get.Mark);
        var contact = Contact(get, version0, isCaptured) with { ProvidesAddress = version0 };

        var trace = Machine.Read(Instance, contact, Now, _time);
        if ((trace & (ReadTrace.WriteTime | ReadTrace.WriteAddress)) != 0)
            Write(Machine.RecordContact(Instance, contact, trace, Now));

        if (known != default)
        {
            Assert.Equal(_time - known.At <= TimeSpan.FromSeconds(60) ? ReadTrace.None : ReadTrace.Outdated, trace);
        }
        else if (!isCaptured)
        {
            // The newest timestamp can be up to a minute older after a crash.
            if (newest == long.MinValue || timestamp >= newest - Day) Assert.True(trace.HasFlag(ReadTrace.Counts), $"{trace}");
            else if (timestamp < newest - Day - ReplayWindow.Interval) Assert.Equal(ReadTrace.Outdated, trace);
            if (trace.HasFlag(ReadTrace.Counts)) Assert.Equal(Now, Instance.LastContact);
            if (version0 && before is null && trace != ReadTrace.Outdated) Assert.Equal(contact.Address, Instance.Reported.Address);
        }
        else if (before is not null && get.Deletions == _deletions)
        {
            Assert.Equal(before, Instance.Reported.Address);
        }

        if (!trace.HasFlag(ReadTrace.Counts)) return;
        received.Add((get.Mark, _time));
        Renew(get);
    }

    private void ForgetReceived()
    {
        foreach (var received in _received.Values) received.Clear();
    }

    private void Renew(Captured request) => _newest[request.Secret] = Math.Max(_newest[request.Secret], request.Mark.Timestamp);

    private Contact Contact(Captured request, bool notesAddress, bool isCaptured) =>
        new(isCaptured ? Stranger : "192.0.2.1", notesAddress, ProvidesAddress: false, request.Mark)
        {
            SecretDigest = request.Secret == _definition.Secret ? Instance!.SecretDigest : Instance!.PreviousSecretDigest,
        };

    private void Write(Ready ready)
    {
        _definition = ready.Definition ?? _definition;
        _row = ready.Reported ?? _row;
        Machine.Commit(ready, Now);
    }

    private static InstanceConfig Config(string secret) => new()
    {
        Id = Id,
        Name = "me",
        Secret = secret,
        Deployable = Deployable,
        DeployableName = "d",
        ProvidedParameters = ["value", "ipaddress"],
        Services = [new ServiceConfig { Name = "s" }],
    };

    private sealed record Captured(string Secret, RequestMark Mark, bool IsPut, int Deletions, int Value);
}
