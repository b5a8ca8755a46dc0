using Audrey.Core.Access;
using Audrey.Core.Ids;

namespace Audrey.Client;

/// <summary>The credential of a conductor, without its secret. Times are by the servers' clocks.</summary>
/// <param name="Key">The key that the conductor signs with.</param>
/// <param name="Created">When the credential was created.</param>
/// <param name="Rotated">When the secret was last changed. Null if the secret was never changed.</param>
/// <param name="PreviousUntil">
/// The time at which the previous secret expires. Null if it expired at the rotation, or if there is no previous secret.
/// </param>
/// <param name="Role">The permissions of the credential.</param>
/// <param name="ActsFor">The conductor whose deployables the credential acts on.</param>
public sealed record ConductorSummary(
    ConductorKey Key,
    DateTimeOffset Created,
    DateTimeOffset? Rotated,
    DateTimeOffset? PreviousUntil,
    ConductorRole Role,
    ConductorKey ActsFor);
