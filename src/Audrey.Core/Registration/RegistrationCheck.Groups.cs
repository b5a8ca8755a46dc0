using System.Collections.Immutable;
using Audrey.Core.Documents;
using Audrey.Core.Ids;

namespace Audrey.Core.Registration;

public sealed partial class RegistrationCheck
{
    // The instances of one assembly share their references, so each group is looked through once for all of them.
    private readonly Dictionary<(ImmutableArray<InstanceId> Members, ReferenceKind Kind, string Name), GroupFacts> _groups = [];

    private void CheckGroup(Place place, GroupReference group)
    {
        if (group.Members.IsDefault) return;
        var what = Show(place);
        var needed = group.AtLeast ?? group.First ?? group.Members.Length;
        if (needed > group.Members.Length)
        {
            _problems.Add(place.Finding(
                $"{what} needs {needed} values of group '{group.Assembly}', which has {group.Members.Length} instances: ask for fewer, "
                + "or give the group more"));
        }

        var facts = Facts(group);
        if (facts.Unknown > 0)
        {
            _warnings.Add(place.Finding(
                $"{what} refers to {facts.Unknown} instances of group '{group.Assembly}' that are not among those given, the first of "
                + $"them '{facts.FirstUnknown}': "
                + $"until they are registered in deployable '{place.Instance.Deployable}', they give no value"));
        }

        if (facts.Undeclaring is { } provider) AddUndeclared(place, provider, group.Kind, group.Name);
        else if (group.Kind == ReferenceKind.ServiceEnd && place.Parameter.Default is null) AddWaits(place, group, needed);
    }

    /// <summary>Who waits for some of a group only waits for nobody in particular: others may do instead.</summary>
    private void AddWaits(Place place, GroupReference group, int needed)
    {
        foreach (var member in group.Members)
        {
            if (needed >= group.Members.Length) AddWait(place, member, group.Name);
        }
    }

    private GroupFacts Facts(GroupReference group)
    {
        var key = (group.Members, group.Kind, group.Name);
        if (_groups.TryGetValue(key, out var known)) return known;
        var (unknown, firstUnknown, undeclaring) = (0, default(InstanceId), default(InstanceConfig));
        foreach (var member in group.Members)
        {
            if (member.Value is null) continue;
            if (!_instances.TryGetValue(member, out var provider))
            {
                if (unknown++ == 0) firstUnknown = member;
            }
            else if (undeclaring is null && !Declares(provider, group.Kind, group.Name))
            {
                undeclaring = provider;
            }
        }

        return _groups[key] = new GroupFacts(unknown, firstUnknown, undeclaring);
    }

    /// <summary>What is wrong with a group that is referred to.</summary>
    /// <param name="Unknown">How many of its members were not given.</param>
    /// <param name="FirstUnknown">The first of those.</param>
    /// <param name="Undeclaring">The first member that does not declare what is referred to; null: all do.</param>
    private sealed record GroupFacts(int Unknown, InstanceId FirstUnknown, InstanceConfig? Undeclaring);
}
