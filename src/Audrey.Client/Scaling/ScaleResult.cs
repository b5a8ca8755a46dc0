using System.Collections.Immutable;
using Audrey.Core.Ids;

namespace Audrey.Client;

/// <summary>What a group's scaling did. Both are empty when the group had as many instances already.</summary>
public sealed class ScaleResult
{
    /// <summary>The instances that came, by their ordinals: launch a guest for each.</summary>
    public required ImmutableArray<AddedInstance> Added { get; init; }

    /// <summary>The instances that went: their guests' credentials have ended.</summary>
    public required ImmutableArray<InstanceId> Removed { get; init; }
}

/// <summary>An instance that a group has grown by. Not a record: its text must not show the secret.</summary>
public sealed class AddedInstance
{
    /// <summary>Its UUID.</summary>
    public required InstanceId Id { get; init; }

    /// <summary>What its guest signs with.</summary>
    public required string Secret { get; init; }

    /// <summary>Name of its assembly.</summary>
    public required string Name { get; init; }

    /// <summary>Its place in the group.</summary>
    public required int Ordinal { get; init; }
}
