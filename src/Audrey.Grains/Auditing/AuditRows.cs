using System.Collections.Immutable;
using Audrey.Core.Auditing;

namespace Audrey.Grains.Auditing;

/// <summary>The row that names the pages of one part of the audit trail. It is written once for each segment.</summary>
[GenerateSerializer, Immutable, Alias("audrey.AuditHead")]
public sealed record AuditHead
{
    /// <summary>The oldest page that is kept.</summary>
    [Id(0)] public int FirstPage { get; init; }

    /// <summary>The number of the first segment in <see cref="Segments"/>.</summary>
    [Id(1)] public int FirstSegment { get; init; }

    /// <summary>The segments that are full. The next one is being filled.</summary>
    [Id(2)] public ImmutableArray<AuditSegment> Segments { get; init; } = [];

    /// <summary>
    /// The rows of all pages before this one are deleted. The rows of the pages from this one up to <see cref="FirstPage"/> may still
    /// exist.
    /// </summary>
    [Id(3)] public int DeletedBefore { get; init; }

    /// <summary>The number of the segment that is being filled.</summary>
    public int OpenSegment => FirstSegment + Segments.Length;
}

/// <summary>Some consecutive pages, which are deleted together.</summary>
/// <param name="Newest">The time of the newest entry.</param>
/// <param name="Bytes">The approximate size of the entries.</param>
[GenerateSerializer, Immutable, Alias("audrey.AuditSegment")]
public sealed record AuditSegment([property: Id(0)] DateTimeOffset Newest, [property: Id(1)] long Bytes);

/// <summary>A page of entries, in the order of their numbers.</summary>
[GenerateSerializer, Immutable, Alias("audrey.AuditPageRow")]
public sealed record AuditPageRow
{
    [Id(0)] public ImmutableArray<AuditEntry> Entries { get; init; } = [];
}

/// <summary>The changes that one write makes durable.</summary>
/// <param name="Pages">The pages to write.</param>
/// <param name="OldPages">The pages to delete. The range includes the first number and excludes the second.</param>
/// <param name="Head">The head after the write.</param>
/// <param name="Last">The number of the newest entry in the pages.</param>
internal sealed record AuditWrite(
    ImmutableArray<(int Page, ImmutableArray<AuditEntry> Entries)> Pages, (int From, int To) OldPages, AuditHead Head, long Last);
