using Audrey.Core.Ids;

namespace Audrey.Client;

/// <summary>The credential of a conductor, without its secret. Times are by the servers' clocks.</summary>
/// <param name="Key">The key that the conductor signs under.</param>
/// <param name="Created">When the credential was created.</param>
/// <param name="Rotated">When its secret was last changed; null if never.</param>
/// <param name="PreviousUntil">
/// Until when the previous secret is, or was, valid; null if it ended with the rotation or if there was none.
/// </param>
public sealed record ConductorSummary(ConductorKey Key, DateTimeOffset Created, DateTimeOffset? Rotated, DateTimeOffset? PreviousUntil);
