using Audrey.Core.Limits;
using Audrey.Core.Text;

namespace Audrey.Core.Documents;

/// <summary>What a required parameter must satisfy.</summary>
internal static class ParameterRules
{
    /// <summary>What is wrong with the parameter, a predicate of it; null when nothing is. Never holds a value.</summary>
    public static string? Problem(ParameterConfig parameter, DocumentLimits limits)
    {
        var sources = (parameter.Value is null ? 0 : 1) + (parameter.Reference is null ? 0 : 1) + (parameter.Group is null ? 0 : 1);
        if (sources != 1) return "needs exactly one of a value, a reference and a group";
        if (parameter.Value is not null && parameter.Default is not null)
            return "has a value and a default; a default stands in for a reference only";
        if (!Enum.IsDefined(parameter.Type)) return "is of a type that there is none of";
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
            return "refers to a member of a group without naming it";
        if (group.Members.Length > limits.MaxGroupMembers)
            return $"refers to a group of {group.Members.Length} instances; at most {limits.MaxGroupMembers} are allowed";
        if (group.Members.GroupBy(member => member).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
            return $"refers to a group that has instance {NameRules.Show(twice.Key.Value)} twice";
        if (group.First < 1) return $"asks for the first {group.First} of a group; ask for 1 or more";
        if (group.AtLeast < 0) return $"asks for at least {group.AtLeast} of a group; ask for 0 or more";
        if (group.AtLeast > group.First)
            return $"asks for at least {group.AtLeast} and for no more than the first {group.First} of a group";
        return OfName(group.Kind, group.Name, limits);
    }

    private static string? OfName(ReferenceKind kind, string name, DocumentLimits limits)
    {
        var problem = kind == ReferenceKind.ServiceEnd ? NameRules.Service(name, limits) : NameRules.Parameter(name, limits);
        return problem is null ? null : $"refers to a name that {problem}";
    }
}
