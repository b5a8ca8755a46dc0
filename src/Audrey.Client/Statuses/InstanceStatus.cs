using System.Collections.Immutable;
using Audrey.Core.Instances;

namespace Audrey.Client;

/// <summary>An instance as it stands, and what it waits for.</summary>
public sealed class InstanceStatus
{
    /// <summary>The instance's own report: status, services, contacts, what its guest has not given yet. Times are by the cluster's clock.</summary>
    public required InstanceReport Report { get; init; }

    /// <summary>Every parameter without a value, the longest wait first.</summary>
    public required ImmutableArray<Wait> Waits { get; init; }
}
