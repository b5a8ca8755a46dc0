using System.Collections.Immutable;
using Audrey.Core.Auditing;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Auditing;

/// <summary>
/// One part of the audit trail. All entries of a conductor are in one part. The key comes from <see cref="AuditParts.KeyOf"/>.
/// </summary>
[Alias("audrey.IAuditGrain")]
public interface IAuditGrain : IGrainWithStringKey
{
    /// <summary>
    /// Adds an entry. The entry is durable when this method returns. If an entry with the same mark exists, the repetition is counted in
    /// that entry, and no entry is added.
    /// </summary>
    /// <param name="entry">The entry, without a number.</param>
    /// <param name="isUnique">
    /// True if no other command has the mark. If it is false, a command counts as a repetition only if it has the mark of the newest
    /// command for the same target.
    /// </param>
    /// <returns>The number of the entry.</returns>
    [AlwaysInterleave, Alias("Add")]
    Task<long> Add(AuditEntry entry, bool isUnique);

    /// <summary>
    /// Adds the outcome to an entry that has none. The outcome becomes durable with the next entry, or soon after this method returns. No
    /// reader sees the entry before.
    /// </summary>
    [AlwaysInterleave, Alias("End")]
    Task End(AuditEnd end);

    /// <summary>Returns durable entries in the order of their numbers.</summary>
    [AlwaysInterleave, Alias("Read")]
    Task<AuditPartPage> Read(AuditPartQuery query);

    /// <summary>Deletes the entries that are too old or too many.</summary>
    [AlwaysInterleave, Alias("Trim")]
    Task Trim();
}

/// <summary>The outcome of a command.</summary>
/// <param name="Number">The number of its entry.</param>
/// <param name="Mark">The mark of its entry.</param>
/// <param name="Outcome">The name of the outcome.</param>
/// <param name="Detail">A few words about the command. Null if there are none.</param>
[GenerateSerializer, Immutable, Alias("audrey.AuditEnd")]
public sealed record AuditEnd(
    [property: Id(0)] long Number,
    [property: Id(1)] RequestMark Mark,
    [property: Id(2)] string Outcome,
    [property: Id(3)] string? Detail);

/// <summary>Requests entries of one part.</summary>
[GenerateSerializer, Immutable, Alias("audrey.AuditPartQuery")]
public sealed record AuditPartQuery
{
    /// <summary>The number of the last entry that the caller has. 0 if it has none.</summary>
    [Id(0)] public long After { get; init; }

    /// <summary>The maximum number of entries.</summary>
    [Id(1)] public int MaxEntries { get; init; }

    /// <summary>The conductor. Null for all.</summary>
    [Id(2)] public ConductorKey? Conductor { get; init; }

    /// <summary>The earliest time. Null for no limit.</summary>
    [Id(3)] public DateTimeOffset? From { get; init; }

    /// <summary>The time before which all entries must be. Null for no limit.</summary>
    [Id(4)] public DateTimeOffset? To { get; init; }
}

/// <summary>Entries of one part.</summary>
[GenerateSerializer, Immutable, Alias("audrey.AuditPartPage")]
public sealed record AuditPartPage
{
    /// <summary>The entries that match the query.</summary>
    [Id(0)] public ImmutableArray<AuditEntry> Entries { get; init; } = [];

    /// <summary>The number of the last entry that was examined.</summary>
    [Id(1)] public long Next { get; init; }

    /// <summary>The time of that entry. Null if no entry was examined.</summary>
    [Id(2)] public DateTimeOffset? Until { get; init; }

    /// <summary>Whether further entries can be examined now.</summary>
    [Id(3)] public bool HasMore { get; init; }

    /// <summary>The number of entries that are no longer kept, counted from the last entry that the caller has.</summary>
    [Id(4)] public long Missing { get; init; }
}
