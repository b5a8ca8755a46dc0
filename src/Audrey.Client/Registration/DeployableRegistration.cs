using System.Collections.Immutable;
using Audrey.Core.Ids;
using Audrey.Core.Registration;

namespace Audrey.Client;

/// <summary>A deployable whose instances are all registered.</summary>
public sealed class DeployableRegistration
{
    /// <summary>The deployable.</summary>
    public required DeployableId Deployable { get; init; }

    /// <summary>How many instances were registered.</summary>
    public required int Instances { get; init; }

    /// <summary>What is legal but may be a mistake: references to instances that were not among those given.</summary>
    public required ImmutableArray<RegistrationFinding> Warnings { get; init; }
}
