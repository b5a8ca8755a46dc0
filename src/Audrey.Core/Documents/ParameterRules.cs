using Audrey.Core.Limits;

namespace Audrey.Core.Documents;

/// <summary>The rules that a required parameter must satisfy.</summary>
internal static class ParameterRules
{
    /// <summary>The error of a reference to a group with another type than a list. The caller puts the parameter before it.</summary>
    public const string GroupIsList = "takes the values of a group, which are a list; leave type out or write type: list";

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
        if (parameter.OnFailed == FailurePolicy.Stop && parameter.Kind != ReferenceKind.ServiceEnd)
            return "stops after a failure, but does not refer to the end of a service";
        return OfLength(parameter.Value, "value", limits)
            ?? OfLength(parameter.Default, "default", limits)
            ?? OfType(parameter.Value, "value", parameter.Type)
            ?? OfType(parameter.Default, "default", parameter.Type)
            ?? (parameter.Reference is { } reference ? OfReference(reference, limits) : null)
            ?? (parameter.Group is { } group ? OfGroup(group, parameter.Type, limits) : null);
    }

    private static string? OfLength(byte[]? value, string what, DocumentLimits limits) => value?.Length > limits.MaxValueBytes
        ? $"has a {what} of {value.Length} bytes; at most {limits.MaxValueBytes} are allowed"
        : null;

    private static string? OfType(byte[]? value, string what, ParameterType type) =>
        value is not null && ParameterTypes.Problem(type, value) is { } problem ? $"has a {what} that {problem}" : null;

    private static string? OfReference(ParameterReference reference, DocumentLimits limits) =>
        reference.Provider.Value is null ? "refers to an instance without naming it" : OfName(reference.Kind, reference.Name, limits);

    private static string? OfGroup(GroupReference group, ParameterType type, DocumentLimits limits)
    {
        if (NameRules.Title(group.Assembly, limits) is { } title) return $"refers to a group whose name {title}";
        if (group.Members.IsDefault || group.Members.Any(member => member.Value is null))
            return "refers to a group without naming all its members";
        if (group.Numbers.Problem(group.Assembly, group.Members.Length, limits) is { } problem) return problem;
        if (type is ParameterType.Integer or ParameterType.Boolean) return GroupIsList;
        if (group.Members.GroupBy(member => member).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
            return $"refers to a group that has instance {NameRules.Show(twice.Key.Value)} twice";
        return OfName(group.Kind, group.Name, limits);
    }

    private static string? OfName(ReferenceKind kind, string name, DocumentLimits limits)
    {
        var problem = kind == ReferenceKind.ServiceEnd ? NameRules.Service(name, limits) : NameRules.Parameter(name, limits);
        return problem is null ? null : $"refers to a name that {problem}";
    }
}
