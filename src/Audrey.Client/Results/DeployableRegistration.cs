using System.Collections.Immutable;
using Audrey.Core.Ids;
using Audrey.Core.Registration;

namespace Audrey.Client;

/// <summary>A deployable whose instances are all registered.</summary>
public sealed class DeployableRegistration
{
    /// <summary>Gets the deployable.</summary>
    public required DeployableId Deployable { get; init; }

    /// <summary>Gets the number of registered instances.</summary>
    public required int Instances { get; init; }

    /// <summary>Gets the warnings: references to instances that were not given, which could be mistakes.</summary>
    public required ImmutableArray<RegistrationFinding> Warnings { get; init; }
}
