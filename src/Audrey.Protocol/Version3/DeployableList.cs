namespace Audrey.Protocol.Version3;

/// <summary>A page of a conductor's deployables.</summary>
public sealed record DeployableList
{
    /// <summary>Their ids.</summary>
    public required IReadOnlyList<string> Deployables { get; init; }

    /// <summary>What to give as <c>after</c> for the next page; left out on the last.</summary>
    public string? Next { get; init; }
}
