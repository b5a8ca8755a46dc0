namespace Audrey.Protocol.Version3;

/// <summary>A page of the audit trail.</summary>
public sealed record AuditList
{
    /// <summary>The entries in the order of their times. A page can be empty even if further entries follow.</summary>
    public required IReadOnlyList<AuditListEntry> Entries { get; init; }

    /// <summary>
    /// The value of <c>after</c> for the next page. It stays valid: if it is sent later, the page contains the entries that were added in
    /// the meantime.
    /// </summary>
    public required string Next { get; init; }

    /// <summary>Whether further entries exist now.</summary>
    public required bool More { get; init; }

    /// <summary>The entries before this page that are no longer kept. Omitted if there are none.</summary>
    public AuditGap? Gap { get; init; }
}

/// <summary>
/// A command of a conductor, or the number of requests from one source that were refused in one minute. The entry contains no value and no
/// secret.
/// </summary>
public sealed record AuditListEntry
{
    /// <summary>The time at which the command arrived, in UTC, or the beginning of the minute of the refused requests.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>
    /// The kind of the command, such as <c>register-deployable</c>, <c>begin-launch</c>, <c>register-instance</c>, <c>scale-group</c>,
    /// <c>replace-instance</c>, <c>rotate-instance</c>, <c>replace-tarball</c>, <c>delete-deployable</c> or <c>add-conductor</c>; or
    /// <c>refused-requests</c>. More kinds may be added.
    /// </summary>
    public required string Action { get; init; }

    /// <summary>The conductor that the command was carried out for. Omitted if the sender did not authenticate.</summary>
    public string? Conductor { get; init; }

    /// <summary>The key of the credential that the sender authenticated with. Omitted if the sender did not authenticate.</summary>
    public string? Credential { get; init; }

    /// <summary>
    /// The network address of the sender. For refused requests, it can be a network such as <c>2001:db8::/64</c>, or <c>others</c>.
    /// </summary>
    public required string Address { get; init; }

    /// <summary>The deployable that the command changes.</summary>
    public string? Deployable { get; init; }

    /// <summary>The UUID of the instance that the command changes.</summary>
    public string? Instance { get; init; }

    /// <summary>The assembly of the group that the command changes.</summary>
    public string? Group { get; init; }

    /// <summary>The key of the credential that the command administers.</summary>
    public string? Administered { get; init; }

    /// <summary>A few words about the command.</summary>
    public string? Detail { get; init; }

    /// <summary>
    /// <c>done</c>, or the kind of the refusal or failure, which is the last part of a problem's type. <c>unknown</c> if a server stopped
    /// before it recorded the outcome, or could not write it. Omitted if the outcome is not known yet.
    /// </summary>
    public string? Outcome { get; init; }

    /// <summary>The time at which the outcome became known.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>The number of times that the same command arrived again. Omitted if it is 0.</summary>
    public int? Repetitions { get; init; }

    /// <summary>The number of refused requests.</summary>
    public long? Count { get; init; }
}

/// <summary>Entries that are no longer kept.</summary>
public sealed record AuditGap
{
    /// <summary>The number of entries. Some of them may not match the filter.</summary>
    public required long Count { get; init; }

    /// <summary>A sentence for human readers.</summary>
    public required string Detail { get; init; }
}
