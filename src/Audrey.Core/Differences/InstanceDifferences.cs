using System.Collections.Immutable;
using Audrey.Core.Ids;
using Orleans;

namespace Audrey.Core.Differences;

/// <summary>A member or a prototype of a deployable, as far as it is known by name.</summary>
/// <param name="Id">The UUID.</param>
/// <param name="Assembly">The name of the assembly.</param>
/// <param name="Ordinal">The instance's number in its group, from 0. Null if it is not a member of a group.</param>
/// <param name="Label">The label of the instance. The assembly if it is a prototype.</param>
/// <param name="IsPrototype">Whether it is the prototype of an empty group, and not an instance.</param>
[GenerateSerializer, Immutable, Alias("audrey.MemberLabel")]
public sealed record MemberLabel(
    [property: Id(0)] InstanceId Id,
    [property: Id(1)] string Assembly,
    [property: Id(2)] int? Ordinal,
    [property: Id(3)] string Label,
    [property: Id(4)] bool IsPrototype);

/// <summary>The differences between a registered instance and one that a conductor gives. They contain no secrets.</summary>
/// <param name="Found">The first differences.</param>
/// <param name="More">The number of further differences.</param>
/// <param name="NotCompared">
/// The number of executables and files that were not compared, because they are given by URL or the registered tarball is unreadable.
/// </param>
[GenerateSerializer, Immutable, Alias("audrey.InstanceDifferences")]
public sealed record InstanceDifferences(
    [property: Id(0)] ImmutableArray<ConfigDifference> Found, [property: Id(1)] int More, [property: Id(2)] int NotCompared);

/// <summary>One difference between two configurations of an instance.</summary>
/// <param name="Part">The part that differs, such as <c>service app: parameter port</c>.</param>
/// <param name="Registered">What is registered. Null if the registered instance does not have the part.</param>
/// <param name="Given">What is given. Null if the given instance does not have the part.</param>
[GenerateSerializer, Immutable, Alias("audrey.ConfigDifference")]
public sealed record ConfigDifference(
    [property: Id(0)] string Part, [property: Id(1)] DifferenceSide? Registered, [property: Id(2)] DifferenceSide? Given);

/// <summary>One side of a difference.</summary>
/// <param name="Text">What is there. It is never a secret.</param>
/// <param name="Provider">The instance whose label completes the text. Null if the text is complete.</param>
[GenerateSerializer, Immutable, Alias("audrey.DifferenceSide")]
public sealed record DifferenceSide([property: Id(0)] string Text, [property: Id(1)] InstanceId? Provider = null)
{
    /// <summary>The side that has a part that the other side does not have.</summary>
    public static DifferenceSide Present { get; } = new("present");
}
