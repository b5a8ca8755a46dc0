using System.Globalization;
using Audrey.Core.Limits;

namespace Audrey.Core.Documents;

/// <summary>The bound on the instances of a deployable.</summary>
internal static class InstanceCount
{
    /// <summary>
    /// Returns the number that is bounded. Prototypes are not instances, and there can be as many as instances are allowed.
    /// </summary>
    public static int Of(IReadOnlyCollection<InstanceConfig> instances)
    {
        var prototypes = instances.Count(instance => instance.IsPrototype);
        return Math.Max(prototypes, instances.Count - prototypes);
    }

    /// <summary>Returns null if a deployable may have that many instances. Otherwise returns the error.</summary>
    public static string? ProblemOf(long instances, DocumentLimits limits) => instances <= limits.MaxInstances ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"the deployable has more than {limits.MaxInstances} instances; at most {limits.MaxInstances} are allowed");
}
