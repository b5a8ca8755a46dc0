using Audrey.Core.Ids;

namespace Audrey.Client;

/// <summary>What may be told of a conductor's credential. Times are by the servers' clocks.</summary>
public sealed class ConductorSummary
{
    internal ConductorSummary(ConductorKey key, DateTimeOffset created, DateTimeOffset? rotated, DateTimeOffset? previousUntil) =>
        (Key, Created, Rotated, PreviousUntil) = (key, created, rotated, previousUntil);

    /// <summary>What the conductor signs under.</summary>
    public ConductorKey Key { get; }

    /// <summary>When the credential was made.</summary>
    public DateTimeOffset Created { get; }

    /// <summary>When its secret was last changed; null: never.</summary>
    public DateTimeOffset? Rotated { get; }

    /// <summary>Until when the secret before is valid, or was; null: it ended with the rotation, or there was none.</summary>
    public DateTimeOffset? PreviousUntil { get; }
}
