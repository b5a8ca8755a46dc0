using Audrey.Core.Limits;

namespace Audrey.Core.Documents;

/// <summary>The numbers of values of a group that a reference uses and needs, with the rules for these numbers.</summary>
/// <param name="First">The maximum number of values. Null if the values of all members are used.</param>
/// <param name="AtLeast">The number of values that are needed. Null if all values that are used are needed.</param>
public readonly record struct GroupNumbers(int? First, int? AtLeast)
{
    /// <summary>
    /// Returns the number of values that a reference needs of a group with this number of members. Without <see cref="AtLeast"/>, it needs
    /// none of an empty group.
    /// </summary>
    public int NeededOf(int members) => AtLeast ?? (members == 0 ? 0 : First ?? members);

    /// <summary>Returns the error of a reference that is written for a group and names a single instance. The caller puts the parameter
    /// before it.</summary>
    /// <param name="provider">The assembly of the single instance.</param>
    internal static string ProblemOfSingle(string provider)
    {
        var name = NameRules.Show(provider);
        return $"refers to {name} as a group, but it is a single instance; leave out all, first and at_least, or give {name} a count";
    }

    /// <summary>
    /// Returns null if a reference may have these numbers. Otherwise returns a description of the error. The description is the end of a
    /// sentence: the caller puts the parameter before it.
    /// </summary>
    /// <param name="group">The assembly of the group.</param>
    /// <param name="members">The number of members of the group.</param>
    /// <param name="limits">Limits for the group.</param>
    internal string? Problem(string group, int members, DocumentLimits limits)
    {
        var name = NameRules.Show(group);
        if (members > limits.MaxGroupMembers)
            return $"refers to {name}, a group of {members} instances; at most {limits.MaxGroupMembers} are allowed";
        if (First < 1) return $"takes the first {First} values of {name}; the number must be 1 or more";
        if (AtLeast < 0) return $"needs at least {AtLeast} values of {name}; the number must be 0 or more";
        return AtLeast > First
            ? $"needs at least {AtLeast} of the first {First} values of {name}; write at_least: {First} or less"
            : null;
    }

    /// <summary>
    /// Returns null if the group has as many members as the reference needs values. Otherwise returns a note, which is the end of a
    /// sentence: the caller puts the parameter before it.
    /// </summary>
    /// <param name="group">The assembly of the group.</param>
    /// <param name="members">The number of members of the group.</param>
    internal string? Shortfall(string group, int members)
    {
        var needed = NeededOf(members);
        if (needed <= members) return null;
        var what = AtLeast is null ? $"takes the first {needed}" : $"waits for at least {needed}";
        return $"{what} values of {NameRules.Show(group)}, which is a group of {members}: it waits until the group has grown";
    }
}
