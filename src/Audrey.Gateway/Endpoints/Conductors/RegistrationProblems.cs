using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>The problems with registrations of whole deployables.</summary>
internal static class RegistrationProblems
{
    /// <summary>Returns the problem with a registration, or null if it was carried out.</summary>
    /// <param name="id">The deployable.</param>
    /// <param name="outcome">The outcome of the registration.</param>
    /// <param name="others">The sentences for an outcome of an instance.</param>
    public static Problem? Find(DeployableId id, ConductorOutcome outcome, ImmutableArray<string> others = default) =>
        ConductorProblems.Find(outcome, outcome switch
        {
            ConductorOutcome.LaunchDiffers =>
                [
                    $"deployable {id} is already registered with other contents; to see what differs, POST the deployable to "
                        + $"{PathOfDifferences(id)}; to register this one, delete the registered one first, or use another id",
                ],
            ConductorOutcome.NotYours => [$"deployable {id}, or an instance, belongs to another conductor"],
            ConductorOutcome.BeingDeleted => [$"deployable {id} is being deleted"],
            ConductorOutcome.LaunchEnded => [$"deployable {id} was deleted during its registration"],
            _ => others,
        });

    private static string PathOfDifferences(DeployableId id) =>
        Version3Routes.Differences.Replace("{deployable}", Uri.EscapeDataString(id.Value), StringComparison.Ordinal);
}
