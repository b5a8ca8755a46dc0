using Audrey.Core.Ids;

namespace Audrey.Client;

/// <summary>The credential of a conductor, without its secret. Times are by the servers' clocks.</summary>
/// <param name="Key">The key that the conductor signs under.</param>
/// <param name="Created">When the credential was created.</param>
/// <param name="Rotated">When its secret was last changed; null if never.</param>
/// <param name="PreviousUntil">
/// The end of the previous secret's validity; null if it ended with the rotation or if there was no previous secret.
/// </param>
public sealed record ConductorSummary(ConductorKey Key, DateTimeOffset Created, DateTimeOffset? Rotated, DateTimeOffset? PreviousUntil);
