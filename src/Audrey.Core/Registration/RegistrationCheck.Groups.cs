using System.Collections.Immutable;
using Audrey.Core.Documents;
using Audrey.Core.Graphs;
using Audrey.Core.Ids;

namespace Audrey.Core.Registration;

public sealed partial class RegistrationCheck
{
    // The instances of one assembly share their references. So each group is checked once for all instances.
    private readonly Dictionary<(ImmutableArray<InstanceId> Members, ReferenceKind Kind, string Name), GroupFacts> _groups = [];

    private void CheckGroup(ParameterLocation location, GroupReference group)
    {
        if (group.Members.IsDefault) return;
        var what = Show(location);
        if (group.Numbers.Shortfall(group.Assembly, group.Members.Length) is { } note) _warnings.Add(location.Finding($"{what} {note}"));

        if (group.Members.IsEmpty)
        {
            CheckEmptyGroup(location, group);
            return;
        }

        var facts = Facts(group);
        if (facts.Unknown > 0)
        {
            _warnings.Add(location.Finding(
                $"{what} refers to {facts.Unknown} instances of group '{group.Assembly}' that are not among the given instances "
                + $"(the first is '{facts.FirstUnknown}'): "
                + $"until they are registered in deployable '{location.Instance.Deployable}', they give no value"));
        }

        if (facts.Undeclaring is { } provider) AddUndeclared(location, provider, group.Kind, group.Name);
        else if (group.Kind == ReferenceKind.ProvidedParameter && facts.FirstSecret is { } secret)
            WarnOfOpenSecret(location, secret, group.Name);
        else if (group.Kind == ReferenceKind.ServiceEnd && location.Parameter.Default is null)
            AddWait(location, facts.Ends, group.Numbers.NeededOf(group.Members.Length));
    }

    /// <summary>Checks a reference to an empty group as a reference to the first member that the group will have.</summary>
    private void CheckEmptyGroup(ParameterLocation location, GroupReference group)
    {
        if (!_prototypes.TryGetValue(group.Assembly, out var prototype))
        {
            _warnings.Add(location.Finding(
                $"{Show(location)} refers to group '{group.Assembly}', which has neither instances nor a prototype, so it cannot grow"));
        }
        else if (!Declares(prototype, group.Kind, group.Name))
        {
            AddUndeclared(location, prototype, group.Kind, group.Name);
        }
        else if (group.Kind == ReferenceKind.ServiceEnd && location.Parameter.Default is null)
        {
            AddWait(location, [new(prototype.Id, group.Name)], group.Numbers.NeededOf(1));
        }
    }

    private GroupFacts Facts(GroupReference group)
    {
        var key = (group.Members, group.Kind, group.Name);
        if (_groups.TryGetValue(key, out var known)) return known;
        var (unknown, firstUnknown, undeclaring, secret) = (0, default(InstanceId), default(InstanceConfig), default(InstanceConfig));
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
            else if (secret is null && provider.SecretParameters.Contains(group.Name, StringComparer.Ordinal))
            {
                secret = provider;
            }
        }

        return _groups[key] = new GroupFacts(
            unknown, firstUnknown, undeclaring, secret, [.. group.Members.Select(member => new ServiceNode(member, group.Name))]);
    }

    /// <summary>The facts about a group that a parameter refers to.</summary>
    /// <param name="Unknown">The number of group members that are not among the given instances.</param>
    /// <param name="FirstUnknown">The first unknown member.</param>
    /// <param name="Undeclaring">The first member that does not declare the referenced parameter or service. Null if all members declare
    /// it.</param>
    /// <param name="FirstSecret">The first member whose provided parameter with the referenced name is secret. Null if there is
    /// none.</param>
    /// <param name="Ends">The service of that name at each member.</param>
    private sealed record GroupFacts(
        int Unknown, InstanceId FirstUnknown, InstanceConfig? Undeclaring, InstanceConfig? FirstSecret, ServiceNode[] Ends);
}
