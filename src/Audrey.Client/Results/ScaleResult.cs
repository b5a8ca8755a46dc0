using System.Collections.Immutable;
using Audrey.Core.Ids;

namespace Audrey.Client;

/// <summary>The changes that a scaling made. Both lists are empty if the group already had the requested size.</summary>
public sealed class ScaleResult
{
    /// <summary>Gets the added instances, in the order of their ordinals. Launch a guest for each instance.</summary>
    public required ImmutableArray<AddedInstance> Added { get; init; }

    /// <summary>Gets the removed instances, whose credentials are no longer valid.</summary>
    public required ImmutableArray<InstanceId> Removed { get; init; }

    /// <summary>
    /// Gets the labels that the removed instances had, such as <c>web-1</c>, in the same order. Empty if a server of an earlier version
    /// removed them.
    /// </summary>
    public ImmutableArray<string> RemovedLabels { get; init; } = [];
}

/// <summary>An instance that a scaling added. This class is not a record, because its string form must not show the secret.</summary>
public sealed class AddedInstance
{
    /// <summary>Gets the instance's UUID.</summary>
    public required InstanceId Id { get; init; }

    /// <summary>Gets the secret that the instance's guest signs with.</summary>
    public required string Secret { get; init; }

    /// <summary>Gets the instance's assembly.</summary>
    public required string Assembly { get; init; }

    /// <summary>Gets the instance's ordinal in the group.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Gets the instance's label, such as <c>web-1</c>.</summary>
    public string Label => InstanceLabels.Of(Assembly, Ordinal);
}
