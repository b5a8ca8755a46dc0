using Audrey.Core.Completion;

namespace Audrey.Core.Statuses;

/// <summary>
/// Selects instances of a deployable. A condition that is null selects all instances. An instance must meet all conditions.
/// </summary>
public sealed record InstanceFilter
{
    /// <summary>Gets the filter that selects all instances.</summary>
    public static InstanceFilter All { get; } = new();

    /// <summary>Gets the status of the instances.</summary>
    public CompletionStatus? Status { get; init; }

    /// <summary>Gets the assembly of the instances.</summary>
    public string? Assembly { get; init; }

    /// <summary>Gets the label or the UUID of the instances.</summary>
    public string? Name { get; init; }

    /// <summary>Returns whether the filter selects an instance.</summary>
    public bool Selects(InstanceStatus instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return (Status is null || instance.Status == Status)
            && (Assembly is null || instance.Assembly == Assembly)
            && (Name is null || instance.Label == Name || instance.Id.Value == Name);
    }
}
