using System.Collections.Immutable;
using Audrey.Core.Ids;
using Audrey.Protocol.Version3;

namespace Audrey.Gateway.Documents;

/// <summary>
/// The instances of groups, which parameters can refer to by the group's assembly. The parameters that refer to one group share its array
/// of members, so the check of a deployable examines the array only once.
/// </summary>
/// <param name="missing">The error for a group that is not known.</param>
internal sealed class GroupMembers(string missing)
{
    private readonly Dictionary<string, ImmutableArray<InstanceId>> _members = [];

    /// <summary>Gets the error for a group that is not known.</summary>
    public string Missing => missing;

    /// <summary>Finds the groups in the instances of a whole deployable.</summary>
    public static GroupMembers Of(IReadOnlyCollection<InstanceRequest> instances)
    {
        var groups = new GroupMembers(
            "has no instances in this request; give the assembly's instances ordinals, list them in 'instances', or give an empty group "
            + "a prototype");
        var members =
            from instance in instances
            where instance?.Ordinal is not null && instance.Assembly is not null && InstanceId.TryParse(instance.Id, out _, out _)
            orderby instance.Ordinal
            group InstanceId.Parse(instance.Id!) by instance.Assembly;
        foreach (var group in members) groups.Set(group.Key, [.. group]);
        foreach (var prototype in instances.Where(instance => instance is { Prototype: true, Assembly: not null }))
            groups._members.TryAdd(prototype.Assembly!, []);
        return groups;
    }

    /// <summary>Returns the instances of a group, or null if the group is not known.</summary>
    public ImmutableArray<InstanceId>? Find(string assembly) => _members.TryGetValue(assembly, out var members) ? members : null;

    /// <summary>Sets the instances of a group.</summary>
    public void Set(string assembly, ImmutableArray<InstanceId> members) => _members[assembly] = members;
}
