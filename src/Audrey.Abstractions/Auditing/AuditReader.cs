using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Audrey.Core.Auditing;
using Orleans;

namespace Audrey.Abstractions.Auditing;

/// <summary>
/// Reads the audit trail: merges the pages of its parts by time. A position in the trail consists of one number for each part.
/// </summary>
public static class AuditReader
{
    /// <summary>The maximum number of entries in a page.</summary>
    private const int MaxEntries = 128;

    private const char Separator = '.';

    /// <summary>Returns whether a string is a position; see <see cref="AuditPage.Next"/>.</summary>
    public static bool IsPosition([NotNullWhen(true)] string? text) => TryParse(text, out _);

    /// <summary>Reads a page.</summary>
    /// <param name="grains">The cluster.</param>
    /// <param name="filter">The entries to return.</param>
    /// <param name="after">The position after the previous page. Null for the beginning of the trail.</param>
    /// <exception cref="FormatException">The string is not a position.</exception>
    public static async Task<AuditPage> Read(IGrainFactory grains, AuditFilter filter, string? after)
    {
        ArgumentNullException.ThrowIfNull(grains);
        ArgumentNullException.ThrowIfNull(filter);
        var known = new long[AuditParts.Count];
        if (after is not null && !TryParse(after, out known)) throw new FormatException($"'{after}' is not a position in the audit trail");
        int[] parts = filter.Conductor is { } conductor
            ? [AuditParts.IndexOf(conductor), AuditParts.Refusals]
            : [.. Enumerable.Range(0, AuditParts.Count)];
        var pages = await Task.WhenAll(parts.Select(part => grains.GetGrain<IAuditGrain>(AuditParts.KeyOf(part)).Read(new()
        {
            After = known[part],
            MaxEntries = MaxEntries,
            Conductor = filter.Conductor,
            From = filter.From,
            To = filter.To,
        })));
        return Merge(known, parts, pages);
    }

    /// <summary>
    /// Returns the oldest entries of all parts. An entry is returned only if no part can have an older entry that was not read yet. The
    /// part that sets this limit is read further for the next page, so each page makes progress.
    /// </summary>
    private static AuditPage Merge(long[] known, int[] parts, AuditPartPage[] pages)
    {
        var read = parts.Zip(pages, (part, page) => new PartRead(part, page)).ToList();
        var limit = read.Where(part => part.Page.HasMore).Select(part => part.Until).Min() ?? DateTimeOffset.MaxValue;
        var entries = read.SelectMany(part => part.Entries).Where(entry => entry.Order <= limit).OrderBy(entry => entry.Order)
            .Take(MaxEntries).ToList();
        var (next, hasMore) = (known.ToArray(), false);
        foreach (var (part, page) in read.Select(part => (part.Part, part.Page)))
        {
            var returned = entries.Count(entry => entry.Part == part);
            next[part] = returned == page.Entries.Length ? page.Next
                : returned > 0 ? page.Entries[returned - 1].Number
                : known[part] + page.Missing;
            hasMore |= page.HasMore || returned < page.Entries.Length;
        }

        return new()
        {
            Entries = [.. entries.Select(entry => entry.Entry)],
            Next = string.Join(Separator, next),
            HasMore = hasMore,
            Missing = pages.Sum(page => page.Missing),
        };
    }

    private static bool TryParse([NotNullWhen(true)] string? text, out long[] position)
    {
        position = new long[AuditParts.Count];
        if (text?.Split(Separator) is not { Length: AuditParts.Count } numbers) return false;
        for (var part = 0; part < numbers.Length; part++)
            if (!long.TryParse(numbers[part], NumberStyles.None, CultureInfo.InvariantCulture, out position[part])) return false;
        return true;
    }

    /// <summary>The page of one part. Its entries stay in the order of their numbers even if the clocks of the servers differ.</summary>
    private sealed class PartRead
    {
        public PartRead(int part, AuditPartPage page)
        {
            (Part, Page, Until) = (part, page, page.Until);
            var latest = DateTimeOffset.MinValue;
            Entries = [.. page.Entries.Select(entry => (part, latest = entry.Time > latest ? entry.Time : latest, entry))];
            if (Entries.Length > 0 && Until < latest) Until = latest;
        }

        public int Part { get; }

        public AuditPartPage Page { get; }

        public ImmutableArray<(int Part, DateTimeOffset Order, AuditEntry Entry)> Entries { get; }

        /// <summary>The time up to which the part was read. Null if nothing was read.</summary>
        public DateTimeOffset? Until { get; }
    }
}
