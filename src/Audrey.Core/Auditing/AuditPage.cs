using System.Collections.Immutable;
using Audrey.Core.Ids;
using Orleans;

namespace Audrey.Core.Auditing;

/// <summary>Selects entries of the audit trail.</summary>
[GenerateSerializer, Immutable, Alias("audrey.AuditFilter")]
public sealed record AuditFilter
{
    /// <summary>
    /// The conductor that the commands were carried out for. Null to select the entries of all conductors, and those of senders that did
    /// not authenticate.
    /// </summary>
    [Id(0)] public ConductorKey? Conductor { get; init; }

    /// <summary>The earliest time. Null for no limit.</summary>
    [Id(1)] public DateTimeOffset? From { get; init; }

    /// <summary>Only entries before this time are selected. Null for no limit.</summary>
    [Id(2)] public DateTimeOffset? To { get; init; }
}

/// <summary>A page of the audit trail.</summary>
[GenerateSerializer, Immutable, Alias("audrey.AuditPage")]
public sealed record AuditPage
{
    /// <summary>The entries in the order of their times. A page can be empty although further entries follow.</summary>
    [Id(0)] public required ImmutableArray<AuditEntry> Entries { get; init; }

    /// <summary>The position after this page. Pass it, now or later, to get the next page.</summary>
    [Id(1)] public required string Next { get; init; }

    /// <summary>Whether the trail already has further entries after this page.</summary>
    [Id(2)] public required bool HasMore { get; init; }

    /// <summary>The number of entries before this page that are no longer kept. Some of them may not have matched the filter.</summary>
    [Id(3)] public required long Missing { get; init; }
}
