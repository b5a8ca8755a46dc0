using System.Globalization;
using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Replay;

namespace Audrey.Core.Tests.Machines;

/// <summary>
/// Stories about the machine of one instance. Each command prints the row to write, and the effects that begin after the write.
/// </summary>
public sealed class MachineStories
{
    private static readonly DateTimeOffset Begin = DateTimeOffset.UnixEpoch;
    private static readonly InstanceId Me = InstanceId.Parse("me");
    private static readonly DeployableId Deployable = DeployableId.Parse("d");

    private InstanceDefinition _definition = new();
    private InstanceReported _reported = new();
    private InstanceMachine _machine = new(Me, new(), new());
    private Publication? _publication;
    private Pull? _pull;
    private LogEntry? _entry;
    private TimeSpan _time;
    private ulong _marks;

    private DateTimeOffset Now => Begin + _time;

    private RegisteredInstance Instance => _machine.Registered ?? throw new InvalidOperationException("not registered");

    [Theory]
    [InlineData("pushing.txt"), InlineData("pulling.txt"), InlineData("notifying.txt"), InlineData("event-log.txt")]
    [InlineData("contacts.txt"), InlineData("generations.txt"), InlineData("version-3.txt")]
    public void The_machine_behaves_as_in_the_story(string story) => Story.Play(Path.Combine("machine", story), Command);

    private IEnumerable<string> Command(string[] words)
    {
        switch (words[0])
        {
            // The command is: register NAME ... [SERVICE<-PROVIDER] ...
            // NAME is a parameter that the instance provides. Each SERVICE waits for 'ip' of one PROVIDER.
            case "register":
                return Write(_machine.Begin((before, version) =>
                    before.Register(Config(words[1..]), ConductorKey.Parse("c"), 1, 0, version, null, Now)));
            case "delete":
                return Write(_machine.Begin((before, version) => before.Delete(version, new(Deployable, 1))));
            case "forget":
                return Write(_machine.ForgetReported());
            case "amend":
                return Write(_machine.Amend(before => before with { Config = Config(words[1..]) }));
            case "restart":
                _machine = new InstanceMachine(Me, _definition, _reported);
                (_publication, _pull, _entry) = (null, null, null);
                return [$"begins: {_machine.Outstanding}"];
            case "wait":
                _time += TimeSpan.FromSeconds(Number(words[1]));
                return [];

            // The commands are: put NAME=VALUE ..., and put-fails, for which the write to the storage fails.
            case "put":
                return Write(Put(words[1..]));
            case "put-fails":
                return [$"to write: {Text(Put(words[1..]))}", "not written, and nothing begins"];
            case "put-again":
                var judged = InstanceMachine.Judge(Instance, Contact(1_000 + (long)_marks, notesAddress: true));
                return [judged == Freshness.Repeated ? $"{judged}, begins: {_machine.Repeat()}" : $"{judged}"];
            case "values":
                var number = Number(words[1]);
                return Step(_machine.SetValues(Instance, number, [(byte)number], [.. words[2..].Select(Value)], "192.0.2.1", Now));
            case "run":
                var run = new ServiceRun { Service = words[1], Run = Number(words[3]), Output = words.Length > 5 ? words[5] : null };
                var exitStatus = (int)Number(words.ElementAtOrDefault(4) ?? "0");
                var step = _machine.ReportService(
                    Instance, Enum.Parse<ServiceStep>(words[2], ignoreCase: true), run, exitStatus, "192.0.2.1", Now);
                return [.. Step(step), $"output: {Instance.Reported.Progress.RunOf(words[1])?.Output ?? "none"}"];
            case "applied":
                return Step(_machine.ReportApplied(Instance, words[1], Now));
            case "heartbeat":
                return InstanceMachine.Hear(Instance, Now) ? Write(_machine.WriteContact(Instance, Now)) : ["not to be written yet"];
            case "get":
                _marks++;
                var contact = Contact(Number(words[2]), notesAddress: words[1] == "v0") with { ProvidesAddress = words[1] == "v0" };
                if (words.Length > 3) contact = contact with { Address = words[3] };
                var trace = _machine.Read(Instance, contact, Now, _time);
                return (trace & (ReadTrace.WriteTime | ReadTrace.WriteAddress)) == 0
                    ? [$"{trace}"]
                    : [$"{trace}", .. Write(_machine.RecordContact(Instance, contact, trace, Now))];

            case "publish":
                _publication = _machine.NextPublication();
                return [_publication is null ? "nothing to publish" : $"publishes {Text(_publication.Snapshot)}"];
            case "published":
                InstanceMachine.EndPublication(_publication!, hasDependents: words[1] == "some");
                return [_machine.NextPublication() is { } next ? $"must publish {Text(next.Snapshot)}" : "published"];
            case "pulled":
                return [$"answers {Text(_machine.Snapshot(Deployable, 1))}"];

            // The command is: push PROVIDER VERSION [VALUE].
            case "push":
                var incarnation = words is [.., "incarnation", var other] ? Number(other) : 1;
                return [$"begins: {_machine.Accept(Snapshot(words) with { Incarnation = incarnation }, Now)}", State()];
            case "pull":
                _pull = InstanceMachine.BeginPull(Instance, (int)Number(words[1]), _time);
                return [];
            case "snapshot":
                return [$"begins: {_machine.Accept(Instance, [Snapshot(words)], Now)}", State()];
            case "pull-ends":
                InstanceMachine.EndPull(_pull!);
                return [];
            case "poll":
                return [InstanceMachine.IsPulled(Instance, (int)Number(words[1])) ? State() : "must pull first"];
            case "refresh":
                return [InstanceMachine.IsRefreshDue(Instance, TimeSpan.FromMinutes(1), _time) ? "due" : "not due"];
            case "pull-missing":
                return [InstanceMachine.TryBeginPullOfMissing(Instance, TimeSpan.FromSeconds(1), _time) ? "pulls" : "has just pulled"];

            case "subscribe":
                _machine.Subscribers.Add(words[1], words[2], _time);
                return [];
            case "notify":
                var taken = _machine.Subscribers.Take(words[1] == "gone" ? null : words[1], _time);
                return [$"notifies: {string.Join(' ', taken.DefaultIfEmpty("nobody"))}"];

            case "append":
                _entry = _machine.Log.Collect(Instance, Now, _ => "revision", isEnd: words.Contains("end"));
                return [.. _entry.Events.Select(note => $"{note.Kind} of generation {note.Generation}").DefaultIfEmpty("nothing")];
            case "appended":
                _machine.Log.OnAppended(_entry!);
                return [$"lacks: {_machine.Outstanding}"];
            default:
                throw new ArgumentException("unknown command " + words[0]);
        }
    }

    private IEnumerable<string> Step(CommandStep step)
    {
        var unknown = step.Unknown is null ? "" : $", unknown: {string.Join(' ', step.Unknown)}";
        yield return $"{step.Verdict}, number {step.Number}{unknown}";
        foreach (var line in Write(step.Ready)) yield return line;
    }

    private IEnumerable<string> Write(Ready ready)
    {
        yield return $"to write: {Text(ready)}";
        _definition = ready.Definition ?? _definition;
        _reported = ready.Reported ?? _reported;
        yield return $"begins: {_machine.Commit(ready, Now)}";
    }

    private Ready Put(string[] words)
    {
        _marks++;
        return _machine.Provide(Instance, [.. words.Select(Value)], [], Contact(1_000 + (long)_marks, notesAddress: true), Now);
    }

    private Contact Contact(long timestamp, bool notesAddress)
    {
        var mark = new RequestMark(timestamp, _marks, 0);
        return new("192.0.2.1", notesAddress, ProvidesAddress: false, mark) { SecretDigest = Instance.SecretDigest };
    }

    private string State() =>
        $"{(Instance.Required.Complete ? "complete" : "incomplete")}, change count {Instance.Required.ChangeCount}";

    private static string Text(Ready ready) => ready switch
    {
        { IsStale: true } => "nothing: another registration is served",
        { Definition: { Config: null } gone } => $"definition, generation {gone.Generation}, not registered",
        { Definition: { } definition } => $"definition, generation {definition.Generation}, first version {definition.FirstVersion}",
        { Reported: { } row } => $"reported, generation {row.Generation}, version {row.Version}, milestones: "
            + string.Join(' ', row.Milestones.Recent.Select(note => note.Kind.ToString()).DefaultIfEmpty("none")),
        _ => "nothing",
    };

    private static string Text(ProviderSnapshot snapshot) => snapshot.IsUnknown
        ? $"that it is not registered, version {snapshot.Version}"
        : $"version {snapshot.Version} with {string.Join(' ', snapshot.Values.Select(Text).DefaultIfEmpty("nothing"))}";

    private static string Text(NamedValue value) => $"{value.Name}={Encoding.UTF8.GetString(value.Value)}";

    private static NamedValue Value(string word) => new(word.Split('=')[0], Encoding.UTF8.GetBytes(word.Split('=')[1]));

    private static ProviderSnapshot Snapshot(string[] words) => new()
    {
        Provider = InstanceId.Parse(words[1]),
        Version = Number(words[2]),
        Deployable = Deployable,
        Incarnation = 1,
        DeclaredParameters = ["ip"],
        Values = words.Length > 3 && words[3] != "incarnation" ? [new("ip", Encoding.UTF8.GetBytes(words[3]))] : [],
    };

    private static InstanceConfig Config(string[] words) => new()
    {
        Id = Me,
        Name = "me",
        Secret = "hush",
        Deployable = Deployable,
        DeployableName = "d",
        ProvidedParameters = [.. words.Where(word => word[0] != '[')],
        Services = [.. words.Where(word => word[0] == '[').Select(Service)],
    };

    private static ServiceConfig Service(string word)
    {
        var parts = word.Trim('[', ']').Split("<-");
        return new()
        {
            Name = parts[0],
            Parameters = parts.Length == 1 ? [] :
                [new() { Name = "ip", Reference = new(InstanceId.Parse(parts[1]), ReferenceKind.ProvidedParameter, "ip") }],
        };
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
