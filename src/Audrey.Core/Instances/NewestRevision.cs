using Orleans;

namespace Audrey.Core.Instances;

/// <summary>The newest configuration revision, if the guest is not known to have applied it.</summary>
/// <param name="Revision">The configuration revision.</param>
/// <param name="Since">The time at which this revision became complete, by the cluster's clock.</param>
[GenerateSerializer, Immutable, Alias("audrey.NewestRevision")]
public sealed record NewestRevision([property: Id(0)] string Revision, [property: Id(1)] DateTimeOffset Since)
{
    /// <summary>
    /// Returns whether the guest has applied a revision. A guest that says what it has applied is out of date if that is another revision.
    /// Guests of versions 0 to 2 never say it: of them it is only known which revision they have received.
    /// </summary>
    /// <param name="row">The row that the guest reported.</param>
    /// <param name="handedOut">The last complete revision that the guest received, if it has not said since then what it has
    /// applied.</param>
    /// <param name="revision">The newest revision.</param>
    public static AppliedState StateOf(InstanceReported row, string? handedOut, string revision)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (row.Progress.Applied == revision || handedOut == revision) return AppliedState.Applied;
        if (row.Progress.Applied is not null) return AppliedState.OutOfDate;
        // Until all services have ended, the instance is not complete anyway.
        return handedOut is not null && row.Settled is not null ? AppliedState.NotKnown : AppliedState.Applied;
    }
}

/// <summary>Whether a guest has applied the newest revision.</summary>
public enum AppliedState
{
    /// <summary>The guest has applied the newest revision, or has received it, or nothing is to be said yet.</summary>
    Applied,

    /// <summary>The guest has applied another revision.</summary>
    OutOfDate,

    /// <summary>The guest has received another revision, and does not say what it has applied.</summary>
    NotKnown,
}
