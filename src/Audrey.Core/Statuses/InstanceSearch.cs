using System.Collections.Immutable;
using Audrey.Core.Ids;
using Audrey.Core.Registration;

namespace Audrey.Core.Statuses;

/// <summary>Finds instances by name, and puts them in order.</summary>
public static class InstanceSearch
{
    /// <summary>
    /// Returns the instances of a deployable that a name stands for. A name is a UUID or a label. A UUID takes precedence over a label.
    /// </summary>
    /// <param name="instances">The instances of the deployable.</param>
    /// <param name="name">The name.</param>
    /// <returns>The instance. Several instances if a conductor has launched several with one label. None if there is none of this
    /// name.</returns>
    public static ImmutableArray<InstanceStatus> Named(this IReadOnlyCollection<InstanceStatus> instances, string name)
    {
        ArgumentNullException.ThrowIfNull(instances);
        return instances.FirstOrDefault(instance => instance.Id.Value == name) is { } one
            ? [one]
            : [.. instances.Where(instance => instance.Label == name).OrderBy(instance => instance.Id.Value, StringComparer.Ordinal)];
    }

    /// <summary>Returns the instances in the order of their assemblies, ordinals and UUIDs.</summary>
    public static IEnumerable<InstanceStatus> InOrder(this IEnumerable<InstanceStatus> instances)
    {
        ArgumentNullException.ThrowIfNull(instances);
        return instances.OrderBy(instance => instance.Assembly, StringComparer.Ordinal)
            .ThenBy(instance => InstanceLabels.OrdinalIn(instance.Label, instance.Assembly))
            .ThenBy(instance => instance.Id.Value, StringComparer.Ordinal);
    }

    /// <summary>Returns the names of instances for sentences: labels, or assemblies where the label is the UUID.</summary>
    internal static InstanceNames NamesOf(IEnumerable<InstanceStatus> instances) => new(instances.Select(instance =>
        (instance.Id, InstanceLabels.NameOf(instance.Label, instance.Assembly, instance.Id.Value))));
}
