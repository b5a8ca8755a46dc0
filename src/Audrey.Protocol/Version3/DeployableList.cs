namespace Audrey.Protocol.Version3;

/// <summary>A page of a conductor's deployables.</summary>
public sealed record DeployableList
{
    /// <summary>The ids of the deployables.</summary>
    public required IReadOnlyList<string> Deployables { get; init; }

    /// <summary>The value of <c>after</c> for the next page. Omitted on the last page.</summary>
    public string? Next { get; init; }
}
