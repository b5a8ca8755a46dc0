using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Audrey.Core.Ids;

namespace Audrey.Core.Statuses;

/// <summary>The data of a deployable, without its instances. It has the same size for every deployable.</summary>
public sealed record DeployableSummary
{
    /// <summary>The deployable's id.</summary>
    [JsonConverter(typeof(StatusConverters.DeployableIdConverter))]
    public required DeployableId Id { get; init; }

    /// <summary>The deployable's name.</summary>
    public required string Name { get; init; }

    /// <summary>The time at which the deployable's first instance was registered.</summary>
    public required DateTimeOffset Registered { get; init; }

    /// <summary>The time of this summary, by the cluster's clock.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>The incarnation, which counts how often a deployable with this id was created.</summary>
    public required long Incarnation { get; init; }

    /// <summary>The launch that created the deployable. Omitted if the instances were registered individually.</summary>
    public LaunchProgress? Launch { get; init; }

    /// <summary>The scaling that has begun and is not finished. Omitted if there is none.</summary>
    public ScaleProgress? Scaling { get; init; }

    /// <summary>Whether the deletion of the deployable has begun.</summary>
    [JsonPropertyName("beingDeleted")]
    public required bool IsBeingDeleted { get; init; }

    internal static DeployableSummary From(DeployableHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        return new()
        {
            Id = header.Id,
            Name = header.Name,
            Registered = header.Registered,
            AsOf = header.AsOf,
            Incarnation = header.Incarnation,
            Launch = header.Launch,
            Scaling = header.Scaling,
            IsBeingDeleted = header.Deleting,
        };
    }
}

/// <summary>A page of the instances of a deployable. Each instance is on exactly one page.</summary>
public sealed record InstancesPage
{
    /// <summary>The statuses of the instances, at most a few hundred. A page can be empty.</summary>
    public required ImmutableArray<InstanceStatus> Instances { get; init; }

    /// <summary>The value of <c>after</c> for the next page. Omitted on the last page.</summary>
    public string? Next { get; init; }
}
