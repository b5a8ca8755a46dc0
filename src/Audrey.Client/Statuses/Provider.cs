using System.Collections.Immutable;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Client;

/// <summary>What is known of an instance that another one waits for.</summary>
public sealed class Provider
{
    /// <summary>The instance's UUID.</summary>
    public required InstanceId Id { get; init; }

    /// <summary>Whether an instance of that UUID is registered in the deployable. Without it all that follows is null or empty.</summary>
    public required bool IsRegistered { get; init; }

    /// <summary>Name of the instance's assembly.</summary>
    public string? Name { get; init; }

    /// <summary>How the instance stands.</summary>
    public CompletionStatus? Status { get; init; }

    /// <summary>When its guest was first heard of; null: never.</summary>
    public DateTimeOffset? FirstContact { get; init; }

    /// <summary>When its guest was last heard of; null: never.</summary>
    public DateTimeOffset? LastContact { get; init; }

    /// <summary>The guest's address as the cluster saw it; null until it was heard of.</summary>
    public string? Address { get; init; }

    /// <summary>Its services that ended with an exit status other than 0.</summary>
    public ImmutableArray<string> FailedServices { get; init; } = [];
}
