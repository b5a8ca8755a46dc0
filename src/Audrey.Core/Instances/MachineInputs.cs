using System.Collections.Immutable;
using Audrey.Core.Replay;

namespace Audrey.Core.Instances;

/// <summary>A pull of all providers of a registration.</summary>
/// <param name="Instance">The registration.</param>
/// <param name="Epoch">The epoch in which the pull began.</param>
/// <param name="Services">The services with the required values that are pulled.</param>
public sealed record Pull(RegisteredInstance Instance, int Epoch, ImmutableArray<RequiredValues.Service> Services);

/// <summary>A snapshot to publish.</summary>
/// <param name="Instance">The registration that provides the snapshot.</param>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Pulls">The number of times that dependents had pulled from the registration when the publication began.</param>
public sealed record Publication(RegisteredInstance Instance, ProviderSnapshot Snapshot, long Pulls);
