using System.Globalization;
using Audrey.Core.Limits;

namespace Audrey.Core.Documents;

/// <summary>
/// The bound on references to groups. A parameter that refers to a group counts once for each member. A short document can describe very
/// many of these references, and each of them is stored twice: with the instance that has it and with the instance that it refers to.
/// </summary>
public static class GroupReferences
{
    /// <summary>Returns the number of references to groups that an instance has. A prototype has none until it is copied.</summary>
    public static long CountOf(InstanceConfig config) => config is { IsPrototype: true } ? 0 : CountOf(config, null, 0);

    /// <summary>
    /// Returns the number of references to groups that an instance would have if the group <paramref name="assembly"/> had <paramref
    /// name="members"/> members.
    /// </summary>
    public static long CountOf(InstanceConfig config, string? assembly, int members)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.Services.Sum(service => service.Parameters.Sum(parameter => parameter.Group switch
        {
            null => 0L,
            { } group when group.Assembly == assembly => members,
            { } group => group.Members.IsDefault ? 0 : group.Members.Length,
        }));
    }

    /// <summary>Returns null if a deployable may have that many references. Otherwise returns the error with its remedy.</summary>
    public static string? ProblemOf(long references, DocumentLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        return references <= limits.MaxGroupReferences ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"the instances have {references} references to groups, where a parameter counts once for each instance of its group; at most "
            + $"{limits.MaxGroupReferences} are allowed (Audrey:Limits:MaxGroupReferences): let one instance collect the values of the "
            + $"group, and let the others refer to that instance");
    }
}
