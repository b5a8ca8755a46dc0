using Audrey.Core.Limits;

namespace Audrey.Core.Documents;

/// <summary>The rules that a required parameter must satisfy.</summary>
internal static class ParameterRules
{
    /// <summary>
    /// Returns null if the parameter is valid. Otherwise returns a description of the error, which contains no value. The description is
    /// the end of a sentence: the caller puts the parameter's name before it.
    /// </summary>
    public static string? Problem(ParameterConfig parameter, DocumentLimits limits)
    {
        var sources = (parameter.Value is null ? 0 : 1) + (parameter.Reference is null ? 0 : 1) + (parameter.Group is null ? 0 : 1);
        if (sources != 1) return "needs exactly one of a value, a reference and a group";
        if (parameter.Value is not null && parameter.Default is not null)
            return "has a value and a default; only a reference may have a default";
        if (!Enum.IsDefined(parameter.Type)) return "has an unknown type";
        return OfLength(parameter.Value, "value", limits)
            ?? OfLength(parameter.Default, "default", limits)
            ?? (parameter.Reference is { } reference ? OfReference(reference, limits) : null)
            ?? (parameter.Group is { } group ? OfGroup(group, limits) : null);
    }

    private static string? OfLength(byte[]? value, string what, DocumentLimits limits) => value?.Length > limits.MaxValueBytes
        ? $"has a {what} of {value.Length} bytes; at most {limits.MaxValueBytes} are allowed"
        : null;

    private static string? OfReference(ParameterReference reference, DocumentLimits limits) =>
        reference.Provider.Value is null ? "refers to an instance without naming it" : OfName(reference.Kind, reference.Name, limits);

    private static string? OfGroup(GroupReference group, DocumentLimits limits)
    {
        if (NameRules.Title(group.Assembly, limits) is { } title) return $"refers to a group whose name {title}";
        if (group.Members.IsDefault || group.Members.Any(member => member.Value is null))
            return "refers to a group without naming all its members";
        if (group.Members.Length > limits.MaxGroupMembers)
            return $"refers to a group of {group.Members.Length} instances; at most {limits.MaxGroupMembers} are allowed";
        if (group.Members.GroupBy(member => member).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
            return $"refers to a group that has instance {NameRules.Show(twice.Key.Value)} twice";
        if (group.First < 1) return $"takes the first {group.First} values of a group; the number must be 1 or more";
        if (group.AtLeast < 0) return $"needs at least {group.AtLeast} values of a group; the number must be 0 or more";
        if (group.AtLeast > group.First)
            return $"needs at least {group.AtLeast} of the first {group.First} values of a group";
        return OfName(group.Kind, group.Name, limits);
    }

    private static string? OfName(ReferenceKind kind, string name, DocumentLimits limits)
    {
        var problem = kind == ReferenceKind.ServiceEnd ? NameRules.Service(name, limits) : NameRules.Parameter(name, limits);
        return problem is null ? null : $"refers to a name that {problem}";
    }
}
