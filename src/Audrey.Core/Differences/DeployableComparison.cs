using System.Collections.Immutable;
using System.Globalization;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;

namespace Audrey.Core.Differences;

/// <summary>
/// Compares a registered deployable with the instances that a conductor gives. First the members of the registered deployable are added,
/// page by page. Then <see cref="Matched"/> returns the given instances that are registered, each with the UUIDs of the registered
/// deployable, and their differences are added. In memory are the labels of the members and the given instances.
/// </summary>
public sealed class DeployableComparison
{
    private readonly IReadOnlyCollection<InstanceConfig> _given;
    private readonly TimeSpan? _deadline;
    private readonly Dictionary<InstanceId, InstanceConfig> _givenById = [];
    private readonly Dictionary<InstanceId, MemberLabel> _members = [];
    private readonly Dictionary<InstanceId, MemberLabel> _matches = [];
    private readonly HashSet<string> _ambiguous = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<Key, Difference> _found = [];
    private readonly Dictionary<ImmutableArray<InstanceId>, ImmutableArray<InstanceId>> _groups = [];
    private int _more;
    private int _notCompared;

    /// <param name="given">The instances of the given deployable, at least one, which have passed the check of a registration.</param>
    /// <param name="deadline">The deadline of the given deployable. Null if it has none.</param>
    public DeployableComparison(IReadOnlyCollection<InstanceConfig> given, TimeSpan? deadline)
    {
        ArgumentNullException.ThrowIfNull(given);
        (_given, _deadline) = (given, deadline);
        foreach (var instance in given) _givenById.TryAdd(instance.Id, instance);
    }

    /// <summary>Adds members of the registered deployable.</summary>
    public void Add(IEnumerable<MemberLabel> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        foreach (var member in members) _members.TryAdd(member.Id, member);
    }

    /// <summary>Returns the given instances that are registered, as they would be with the registered UUIDs. Called after all members were
    /// added.</summary>
    public IEnumerable<InstanceConfig> Matched()
    {
        Match();
        _ambiguous.UnionWith(TwiceIn(_members.Values.Select(member => member.Label)));
        _ambiguous.UnionWith(TwiceIn(_given.Select(LabelOf)));
        foreach (var given in _given)
            if (_matches.TryGetValue(given.Id, out var member)) yield return WithIds(given, member);
    }

    /// <summary>Adds the differences of an instance that <see cref="Matched"/> returned. Null if it is not registered any more.</summary>
    public void Add(InstanceId registered, InstanceDifferences? differences)
    {
        if (differences is null || !_members.TryGetValue(registered, out var member)) return;
        foreach (var one in differences.Found) Add(NameOf(member), member.Assembly, one.Part, TextOf(one.Registered), TextOf(one.Given));
        _more += differences.More;
        _notCompared += differences.NotCompared;
    }

    /// <summary>Returns all differences. Called once, after the differences of all matched instances were added.</summary>
    /// <param name="header">The registered deployable.</param>
    public DeployableDifferences ToResult(DeployableHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        var (ofInstances, moreOfInstances) = (_found.Values.ToArray(), _more);
        _found.Clear();
        _more = 0;
        CompareWhole(header);
        CompareInstances();
        return new()
        {
            Differences = [.. _found.Values.Concat(ofInstances).Take(DeployableDifferences.MaxListed)],
            More = _more + moreOfInstances
                + _found.Values.Concat(ofInstances).Skip(DeployableDifferences.MaxListed).Sum(difference => 1 + difference.Others),
            OtherIds = _matches.Count(match => match.Key != match.Value.Id && !match.Value.IsPrototype),
            NotCompared = _notCompared,
            Launching = header.Launch is { Sealed: null },
        };
    }

    /// <summary>Matches instances by UUID, and the others by label. A prototype only matches a prototype.</summary>
    private void Match()
    {
        foreach (var given in _given)
            if (_members.TryGetValue(given.Id, out var same) && same.IsPrototype == given.IsPrototype) _matches[given.Id] = same;
        var taken = _matches.Values.Select(member => member.Id).ToHashSet();
        var free = _members.Values.Where(member => !taken.Contains(member.Id))
            .GroupBy(member => (member.Label, member.IsPrototype))
            .ToDictionary(members => members.Key, members => new Queue<MemberLabel>(members));
        foreach (var given in _given.Where(given => !_matches.ContainsKey(given.Id)))
        {
            if (free.TryGetValue((LabelOf(given), given.IsPrototype), out var members) && members.TryDequeue(out var member))
                _matches[given.Id] = member;
        }
    }

    private void CompareWhole(DeployableHeader header)
    {
        var name = _given.First().DeployableName;
        if (header.Name != name) Add(null, "", "name of the deployable", ShownText.Of(header.Name), ShownText.Of(name));
        if (header.Launch is not { } launch)
        {
            Add(null, "", "registration", "each instance individually", "the deployable as a whole");
            return;
        }

        var (old, now) = (Seconds(launch.Deadline - launch.Begun), Seconds(_deadline));
        if (old != now) Add(null, "", "deadline", old, now);
    }

    /// <summary>Compares which instances there are. If a group has another number of members, only the numbers are told.</summary>
    private void CompareInstances()
    {
        var (old, now) = (GroupsOf(_members.Values.Select(member => (member.Assembly, member.Ordinal, member.IsPrototype))),
            GroupsOf(_given.Select(given => (given.Name, given.Ordinal, given.IsPrototype))));
        var resized = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (assembly, count) in old)
        {
            if (!now.TryGetValue(assembly, out var other) || count == other) continue;
            resized.Add(assembly);
            Add(null, "", $"group {assembly}", $"{count} instances", $"{other} instances");
        }

        var matched = _matches.Values.Select(member => member.Id).ToHashSet();
        foreach (var member in _members.Values.Where(member => !matched.Contains(member.Id) && !resized.Contains(member.Assembly)))
            Add(NameOf(member), member.Assembly, PartOf(member.IsPrototype), DifferenceSide.Present.Text, null);
        foreach (var given in _given.Where(given => !_matches.ContainsKey(given.Id) && !resized.Contains(given.Name)))
            Add(NameOf(given), given.Name, PartOf(given.IsPrototype), null, DifferenceSide.Present.Text);

        static Dictionary<string, int> GroupsOf(IEnumerable<(string Assembly, int? Ordinal, bool IsPrototype)> instances) => instances
            .Where(instance => instance.IsPrototype || instance.Ordinal is not null)
            .GroupBy(instance => instance.Assembly, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Count(instance => !instance.IsPrototype), StringComparer.Ordinal);

        static string PartOf(bool isPrototype) => isPrototype ? "definition of the empty group" : "instance";
    }

    /// <summary>Adds a difference. The same difference of further instances of an assembly is only counted.</summary>
    private void Add(string? name, string assembly, string place, string? registered, string? given)
    {
        var key = new Key(assembly, place, registered, given);
        if (_found.TryGetValue(key, out var known)) _found[key] = known with { Others = known.Others + 1 };
        else if (_found.Count == DeployableDifferences.MaxListed) _more++;
        else _found[key] = new() { Instance = name, Part = place, Registered = registered, Given = given };
    }

    private string? TextOf(DifferenceSide? side)
    {
        if (side?.Provider is not { } provider) return side?.Text;
        if (_members.TryGetValue(provider, out var member)) return side.Text + NameOf(member);
        return side.Text + (_givenById.TryGetValue(provider, out var other) ? NameOf(other) : provider.Value);
    }

    /// <summary>Returns the instance as it would be in the registered deployable. Its secret is kept only if its UUID stays.</summary>
    private InstanceConfig WithIds(InstanceConfig given, MemberLabel member) => given with
    {
        Id = member.Id,
        Secret = given.Id == member.Id ? given.Secret : "",
        Services = [.. given.Services.Select(service => service with { Parameters = [.. service.Parameters.Select(WithIds)] })],
    };

    private ParameterConfig WithIds(ParameterConfig parameter) => parameter with
    {
        Reference = parameter.Reference is { } reference ? reference with { Provider = IdOf(reference.Provider) } : null,
        Group = parameter.Group is { } group ? group with { Members = IdsOf(group.Members) } : null,
    };

    // The instances of one assembly share their groups.
    private ImmutableArray<InstanceId> IdsOf(ImmutableArray<InstanceId> members) =>
        _groups.TryGetValue(members, out var known) ? known : _groups[members] = [.. members.Select(IdOf)];

    private InstanceId IdOf(InstanceId given) => _matches.TryGetValue(given, out var member) ? member.Id : given;

    private string NameOf(MemberLabel member) => NameOf(member.Label, member.Id);

    private string NameOf(InstanceConfig given) => NameOf(LabelOf(given), given.Id);

    /// <summary>Returns the label, and the UUID if several instances have that label.</summary>
    private string NameOf(string label, InstanceId id) =>
        _ambiguous.Contains(label) && label != id.Value ? $"{label} ({id})" : label;

    private static IEnumerable<string> TwiceIn(IEnumerable<string> labels) =>
        labels.GroupBy(label => label, StringComparer.Ordinal).Where(same => same.Skip(1).Any()).Select(same => same.Key);

    private static string LabelOf(InstanceConfig given) => InstanceLabels.Of(given.Name, given.Ordinal);

    private static string? Seconds(TimeSpan? deadline) =>
        deadline is { } time ? $"{time.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s" : null;

    /// <summary>Differences of several instances that have the same key are one difference.</summary>
    private sealed record Key(string Assembly, string Part, string? Registered, string? Given);
}
