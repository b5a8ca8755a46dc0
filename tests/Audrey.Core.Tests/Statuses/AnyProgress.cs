using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Replay;
using Audrey.Core.Statuses;

namespace Audrey.Core.Tests.Statuses;

/// <summary>
/// A random deployable with the real machines of its instances. Guests of versions 2 and 3, scalings, replacements and restarts change it.
/// Beside the machines, the world counts what the guests did.
/// </summary>
internal sealed class AnyProgress
{
    private static readonly DeployableId Deployable = DeployableId.Parse("shop");
    private static readonly ConductorKey Conductor = ConductorKey.Parse("conductor");

    private readonly Dictionary<InstanceId, Member> _members = [];
    private readonly Dictionary<string, List<InstanceId>> _groups = [];
    private readonly List<InstanceConfig> _assemblies = [];
    private DateTimeOffset _now = Reports.Time;
    private bool _isSealed;
    private bool _isScaling;
    private ulong _nonce;
    private int _newcomers;

    public AnyProgress(int seed)
    {
        var random = new Random(seed);
        string[] names = [.. Enumerable.Range(0, random.Next(1, 4)).Select(i => $"assembly{i}x")];
        foreach (var name in names) _groups[name] = [.. Enumerable.Range(0, random.Next(0, 4)).Select(_ => NewId())];
        foreach (var name in names) _assemblies.Add(Assembly(name, names, random));
        foreach (var assembly in _assemblies)
            foreach (var id in _groups[assembly.Name]) Register(assembly, id);
        _isSealed = random.Next(4) > 0;
    }

    /// <summary>The registrations that the machines serve.</summary>
    public IEnumerable<RegisteredInstance> Instances => _members.Values.Select(member => member.Machine.Registered!);

    public DeployableHeader Header => Reports.Header() with
    {
        Launch = new() { Instances = _members.Count, Begun = Reports.Time, Sealed = _isSealed ? Reports.Time : null },
        Scaling = _isScaling ? new("assembly0x", 2) : null,
    };

    /// <summary>Returns whether the guest did all that its instance is for, by the world's own count.</summary>
    public bool IsDone(InstanceId id)
    {
        var member = _members[id];
        return member.IsHeardFrom && member.Config.ProvidedParameters.All(member.Given.Contains)
            && member.Config.Services.All(service => member.Ends.TryGetValue(service.Name, out var exit) && exit == 0);
    }

    /// <summary>Returns whether the service has all values that its instance was told of, by the world's own count.</summary>
    public bool HasAllValues(InstanceId id, string service) => _members[id].Config.Services.Single(one => one.Name == service)
        .Parameters.All(parameter => parameter.Value is not null || parameter.Default is not null || Arrived(_members[id], parameter));

    /// <summary>Takes a random step.</summary>
    public void Take(Random random)
    {
        _now += TimeSpan.FromSeconds(1);
        var step = random.Next(12);
        if (step == 0) _isSealed = true;
        else if (step == 1) _isScaling = !_isScaling;
        else if (step == 2) Scale(random);
        else if (_members.Count > 0) Step(step, _members.Values.ElementAt(random.Next(_members.Count)), random);
    }

    private void Step(int step, Member member, Random random)
    {
        var instance = member.Machine.Registered!;
        switch (step)
        {
            case 3:
                InstanceMachine.Hear(instance, _now);
                member.IsHeardFrom = true;
                Commit(member, member.Machine.WriteContact(instance, _now));
                break;
            case 4:
                var heard = Contact();
                var trace = member.Machine.Read(instance, heard, _now, _now - Reports.Time);
                member.IsHeardFrom = true;
                Commit(member, member.Machine.RecordContact(instance, heard, trace, _now));
                break;
            case 5 when member.Config.ProvidedParameters is [_, ..] names:
                Give(member, names[random.Next(names.Length)], isVersion3: random.Next(2) == 0);
                break;
            case 6 or 7 when member.Config.Services is [_, ..] services:
                End(member, services[random.Next(services.Length)].Name, random.Next(3), isVersion3: random.Next(2) == 0);
                break;
            case 8 when member.Config.Services is [_, ..] services:
                var started = new ServiceRun { Service = services[random.Next(services.Length)].Name, Run = ++member.Number };
                member.IsHeardFrom = true;
                member.Running[started.Service] = started.Run;
                Commit(member, member.Machine.ReportService(instance, ServiceStep.Started, started, 0, "10.0.0.1", _now).Ready);
                break;
            case 9:
                Pull(member);
                break;
            case 10:
                member.Machine = new InstanceMachine(instance.Config.Id, member.Machine.Definition, instance.Reported);
                member.Known.Clear();
                member.Known[instance.Config.Id] = member.Provides();
                break;
            case 11:
                Register(member.Config, member.Config.Id);
                break;
        }
    }

    private void Give(Member member, string name, bool isVersion3)
    {
        ImmutableArray<NamedValue> values = [new(name, Encoding.UTF8.GetBytes(name))];
        var (machine, instance) = (member.Machine, member.Machine.Registered!);
        Commit(member, isVersion3
            ? machine.SetValues(instance, ++member.Number, [(byte)member.Number], values, "10.0.0.1", _now).Ready
            : machine.Provide(instance, values, [], Contact(), _now));
        member.Given.Add(name);
        member.IsHeardFrom = true;
        member.Known[instance.Config.Id] = member.Provides();
    }

    private void End(Member member, string service, int exit, bool isVersion3)
    {
        var (machine, instance) = (member.Machine, member.Machine.Registered!);
        if (isVersion3)
        {
            // A run may go on for some steps of the world, and its end may be the first report on it.
            var number = member.Running.Remove(service, out var running) ? running : ++member.Number;
            var run = new ServiceRun { Service = service, Run = number };
            Commit(member, machine.ReportService(instance, ServiceStep.Ended, run, exit, "10.0.0.1", _now).Ready);
        }
        else
        {
            var text = Encoding.UTF8.GetBytes(exit.ToString(CultureInfo.InvariantCulture));
            Commit(member, machine.Provide(instance, [], [new(service, text)], Contact(), _now));
        }

        member.Ends[service] = exit;
        member.IsHeardFrom = true;
        member.Known[instance.Config.Id] = member.Provides();
    }

    /// <summary>Lets the instance pull from all its providers. What they have given by now has arrived.</summary>
    private void Pull(Member member)
    {
        var instance = member.Machine.Registered!;
        var providers = instance.Required.Providers.ToArray();
        member.Machine.Accept(
            instance,
            [
                .. providers.Select(id => _members.TryGetValue(id, out var provider)
                    ? provider.Machine.Snapshot(Deployable, 1)
                    : ProviderSnapshot.Unknown(id, long.MaxValue)),
            ],
            _now);
        foreach (var id in providers) member.Known[id] = _members.TryGetValue(id, out var provider) ? provider.Provides() : [];
    }

    /// <summary>Changes the size of a group, and tells all instances of it.</summary>
    private void Scale(Random random)
    {
        var assembly = _assemblies[random.Next(_assemblies.Count)];
        var group = _groups[assembly.Name];
        var size = random.Next(0, 5);
        for (; group.Count > size; group.RemoveAt(group.Count - 1)) _members.Remove(group[^1]);
        while (group.Count < size) group.Add(NewId());
        for (var i = 0; i < _assemblies.Count; i++) _assemblies[i] = _assemblies[i].WithGroup(assembly.Name, [.. group]);
        foreach (var member in _members.Values)
        {
            member.Config = member.Config.WithGroup(assembly.Name, [.. group]);
            var config = member.Config;
            Commit(member, member.Machine.Amend(definition => definition with { Config = config }));

            // A provider that nothing refers to any more is forgotten.
            var providers = member.Machine.Registered!.Required.Providers.Append(config.Id).ToHashSet();
            foreach (var forgotten in member.Known.Keys.Where(id => !providers.Contains(id)).ToArray()) member.Known.Remove(forgotten);
        }

        foreach (var id in group.Where(id => !_members.ContainsKey(id))) Register(_assemblies.Single(one => one.Name == assembly.Name), id);
    }

    private void Register(InstanceConfig assembly, InstanceId id)
    {
        var config = assembly with { Id = id };
        var machine = _members.TryGetValue(id, out var before)
            ? before.Machine
            : new InstanceMachine(id, new InstanceDefinition(), new InstanceReported());
        var member = new Member { Config = config, Machine = machine };
        Commit(member, machine.Begin((definition, version) => definition.Register(config, Conductor, 1, 0, version, mark: null, _now)));
        Commit(member, machine.ForgetReported());
        _members[id] = member;
    }

    private void Commit(Member member, Ready ready) => member.Machine.Commit(ready, _now);

    private Contact Contact() => new(
        "10.0.0.1", NotesAddress: false, ProvidesAddress: false, new RequestMark(_now.ToUnixTimeSeconds(), ++_nonce, 0));

    private InstanceId NewId() => InstanceId.Parse($"i{++_newcomers}");

    /// <summary>Returns whether enough values have arrived. An instance knows its own values at once.</summary>
    private static bool Arrived(Member member, ParameterConfig parameter)
    {
        var (kind, name) = parameter.Reference is { } reference
            ? (reference.Kind, reference.Name)
            : (parameter.Group!.Kind, parameter.Group.Name);
        var needed = parameter.Group is not { } group ? 1
            : group.AtLeast ?? (group.Members.IsEmpty ? 0 : group.First ?? group.Members.Length);
        return parameter.Providers.Count(IsThere) >= needed;

        bool IsThere(InstanceId provider)
        {
            var ownEnd = kind == ReferenceKind.ServiceEnd && provider == member.Config.Id
                && member.Config.Services.Any(service => service.Name == name && service.Parameters.Contains(parameter));
            return !ownEnd && member.Known.TryGetValue(provider, out var known) && known.Contains((kind, name));
        }
    }

    private InstanceConfig Assembly(string name, string[] names, Random random) => new()
    {
        Id = InstanceId.Parse("prototype"),
        Name = name,
        Secret = "secret",
        Deployable = Deployable,
        DeployableName = "Shop",
        ProvidedParameters = [.. Enumerable.Range(0, random.Next(0, 3)).Select(i => $"value{i}")],
        Services =
        [
            .. Enumerable.Range(0, random.Next(0, 3)).Select(i => new ServiceConfig
            {
                Name = $"service{i}",
                Parameters = [.. Enumerable.Range(0, random.Next(0, 3)).Select(at => Parameter($"parameter{i}{at}", names, random))],
            }),
        ],
    };

    private ParameterConfig Parameter(string name, string[] names, Random random)
    {
        var parameter = new ParameterConfig { Name = name, Default = random.Next(5) == 0 ? [1] : null };
        var assembly = names[random.Next(names.Length)];
        var kind = random.Next(2) == 0 ? ReferenceKind.ProvidedParameter : ReferenceKind.ServiceEnd;
        var of = $"{(kind == ReferenceKind.ServiceEnd ? "service" : "value")}{random.Next(3)}";
        if (random.Next(5) == 0) return parameter with { Value = [2], Default = null };
        if (random.Next(3) == 0)
            return parameter with { Reference = new(_groups[assembly] is [var id, ..] ? id : InstanceId.Parse("unknown"), kind, of) };
        int? first = random.Next(2) == 0 ? random.Next(1, 4) : null;
        return parameter with
        {
            Group = new()
            {
                Assembly = assembly,
                Members = [.. _groups[assembly]],
                Kind = kind,
                Name = of,
                First = first,
                AtLeast = random.Next(2) == 0 ? random.Next(1, (first ?? 4) + 1) : null,
            },
        };
    }

    private sealed class Member
    {
        public required InstanceConfig Config { get; set; }

        public required InstanceMachine Machine { get; set; }

        public bool IsHeardFrom { get; set; }

        public HashSet<string> Given { get; } = [];

        public Dictionary<string, int> Ends { get; } = [];

        public long Number { get; set; }

        /// <summary>The run of each service that has begun and not ended.</summary>
        public Dictionary<string, long> Running { get; } = [];

        /// <summary>The values that each provider had given when this instance last pulled from it.</summary>
        public Dictionary<InstanceId, HashSet<(ReferenceKind Kind, string Name)>> Known { get; } = [];

        public HashSet<(ReferenceKind Kind, string Name)> Provides() =>
        [
            .. Given.Select(name => (ReferenceKind.ProvidedParameter, name)),
            .. Ends.Keys.Select(name => (ReferenceKind.ServiceEnd, name)),
        ];
    }
}
