using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Audrey.Core.Ids;

/// <summary>
/// The labels of instances, by which people and programs name the instances of a deployable. No other class makes labels. A label depends
/// only on the registration of its instance. So a replacement keeps the label, and every server says the same label.
/// </summary>
public static class InstanceLabels
{
    /// <summary>Returns the label of an instance of a plan or a launch.</summary>
    /// <param name="assembly">The name of the instance's assembly.</param>
    /// <param name="ordinal">The number of the instance in its group, from 0. Null if the assembly is not a group.</param>
    /// <returns>The assembly and the ordinal, such as <c>web-1</c>, or the name of an assembly that is not a group.</returns>
    public static string Of(string assembly, int? ordinal) =>
        ordinal is null ? assembly : string.Create(CultureInfo.InvariantCulture, $"{assembly}-{ordinal}");

    /// <summary>
    /// Returns the label of a registered instance. Nothing checks the name of an instance that was registered individually against the
    /// names of others. So without an ordinal its label is its UUID.
    /// </summary>
    /// <param name="assembly">The name of the instance's assembly. It can be empty.</param>
    /// <param name="ordinal">The number of the instance in its group, from 0. Null if it is not a member of a group.</param>
    /// <param name="id">The UUID of the instance.</param>
    /// <param name="isIndividual">Whether the instance was registered individually, not by a launch or a scaling.</param>
    public static string Of(string assembly, int? ordinal, InstanceId id, bool isIndividual) =>
        assembly.Length == 0 || (ordinal is null && isIndividual) ? id.Value : Of(assembly, ordinal);

    /// <summary>
    /// Returns the ordinals that members of a group can have, in ascending order and without end. An ordinal is left out if its label is
    /// the name of an assembly that is not a group: beside an assembly <c>web-2</c>, the group <c>web</c> has no member 2.
    /// </summary>
    /// <param name="assembly">The name of the group's assembly.</param>
    /// <param name="first">The lowest ordinal.</param>
    /// <param name="ungrouped">The names of the assemblies of the deployable that are not groups.</param>
    public static IEnumerable<int> OrdinalsOf(string assembly, int first, IReadOnlySet<string> ungrouped)
    {
        ArgumentNullException.ThrowIfNull(ungrouped);
        return Enumerable.Range(first, int.MaxValue - first).Where(ordinal => !ungrouped.Contains(Of(assembly, ordinal)));
    }

    /// <summary>Splits a label that has the form of a member's label.</summary>
    /// <param name="label">The label.</param>
    /// <param name="assembly">The assembly of the group.</param>
    /// <param name="ordinal">The number of the member in the group, from 0.</param>
    /// <returns>Whether the label has this form. A label of this form can also be the name of an assembly that is not a group.</returns>
    public static bool TryParseMember(string label, [NotNullWhen(true)] out string? assembly, out int ordinal)
    {
        ArgumentNullException.ThrowIfNull(label);
        (assembly, ordinal) = (null, 0);
        var hyphen = label.LastIndexOf('-');
        if (hyphen <= 0 || !int.TryParse(label.AsSpan(hyphen + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ordinal))
            return false;
        assembly = label[..hyphen];
        return Of(assembly, ordinal) == label;
    }

    /// <summary>Returns the ordinal in the label of a member of a group, or null if the instance is not a member of a group.</summary>
    public static int? OrdinalIn(string? label, string assembly) =>
        label is not null && TryParseMember(label, out var group, out var ordinal) && group == assembly ? ordinal : null;

    /// <summary>
    /// Returns the name of an instance in a sentence that does not contain its UUID: the label, or the assembly if the label is the UUID.
    /// </summary>
    /// <param name="label">The label. Null if it is not known, as in rows and messages of earlier versions.</param>
    /// <param name="assembly">The name of the instance's assembly.</param>
    /// <param name="id">The UUID of the instance.</param>
    public static string NameOf(string? label, string assembly, string? id) => label is null || label == id ? assembly : label;

    /// <summary>Returns the name and the UUID of an instance, such as <c>web-1 (7f0c)</c>, or only the UUID if there is no name.</summary>
    /// <param name="label">The label. Null if it is not known.</param>
    /// <param name="assembly">The name of the instance's assembly. Null if it is not known.</param>
    /// <param name="id">The UUID of the instance.</param>
    public static string Describe(string? label, string? assembly, string? id) =>
        assembly is null ? id ?? "" : $"{NameOf(label, assembly, id)} ({id})";
}
