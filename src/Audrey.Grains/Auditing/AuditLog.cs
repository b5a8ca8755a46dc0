using System.Collections.Immutable;
using Audrey.Abstractions.Auditing;
using Audrey.Core.Auditing;
using Audrey.Core.Replay;

namespace Audrey.Grains.Auditing;

/// <summary>
/// One part of the audit trail in memory: the newest pages, and the next write. It has no clock and does no I/O. The caller writes <see
/// cref="NextWrite"/> and then calls <see cref="Written"/>. Only durable entries are served.
/// </summary>
internal sealed class AuditLog
{
    /// <summary>The maximum number of entries in one row. The newest row is written again for each entry, so it is small.</summary>
    public const int PageSize = 64;

    /// <summary>The number of pages in a segment.</summary>
    public const int SegmentPages = 16;

    /// <summary>The number of commands whose repetitions are recognised.</summary>
    private const int MaxMarks = 16 * 1024;

    /// <summary>The approximate size of an entry without its strings.</summary>
    private const int EntryBytes = 96;

    /// <summary>The time within which the repetition of a command without a mark of its own is recognised.</summary>
    private static readonly TimeSpan RepetitionTime = TimeSpan.FromMinutes(10);

    private readonly Dictionary<int, Page> _pages = [];
    private readonly Dictionary<RequestMark, (long Number, DateTimeOffset Time)> _marks = [];
    private readonly Queue<RequestMark> _oldestMarks = [];
    private readonly Dictionary<AuditTarget, RequestMark> _newestOf = [];
    private AuditHead _head;

    public AuditLog(AuditHead head)
    {
        (_head, Served) = (head, head);
        Last = Durable = (long)FirstPageInMemory * PageSize;
    }

    /// <summary>The durable head. No other head is served.</summary>
    public AuditHead Served { get; private set; }

    /// <summary>Whether the head must be written, or rows must be deleted.</summary>
    public bool MustWrite => _head != Served || _head.DeletedBefore < _head.FirstPage;

    /// <summary>Whether there is a full segment that the durable head does not name yet.</summary>
    public bool HasNewSegment => _head.OpenSegment != Served.OpenSegment;

    /// <summary>The number of the newest entry.</summary>
    public long Last { get; private set; }

    /// <summary>The number of the newest durable entry.</summary>
    public long Durable { get; private set; }

    /// <summary>The oldest page that stays in memory. The segment that is being filled and the segment before it stay in memory.</summary>
    public int FirstPageInMemory => Math.Max(_head.FirstPage, (_head.OpenSegment - 1) * SegmentPages);

    /// <summary>Returns the page of an entry.</summary>
    public static int PageOf(long number) => (int)((number - 1) / PageSize);

    /// <summary>Returns whether a page is in memory.</summary>
    public bool IsInMemory(int page) => _pages.ContainsKey(page);

    /// <summary>Adds a page that was read. Returns whether another page can follow.</summary>
    public bool Load(int page, ImmutableArray<AuditEntry> entries)
    {
        if (entries.IsEmpty) return false;
        _pages[page] = new(entries);
        if (entries[^1].Number > Last)
        {
            // A page can be full although the head does not name its segment, if the server died between the two writes.
            foreach (var entry in entries) Remember(entry);
            Last = Durable = entries[^1].Number;
            if (entries.Length == PageSize) Close(page);
        }

        return entries.Length == PageSize;
    }

    /// <summary>Returns the number of the entry that this command repeats, or null.</summary>
    /// <param name="entry">The entry of the command.</param>
    /// <param name="isUnique">True if no other command can have the same mark. Otherwise only the newest command on the same target is
    /// recognised, for <see cref="RepetitionTime"/>.</param>
    public long? FindRepeated(AuditEntry entry, bool isUnique) =>
        _marks.TryGetValue(entry.Mark, out var known)
        && (isUnique || (_newestOf.GetValueOrDefault(entry.Target) == entry.Mark && entry.Time - known.Time < RepetitionTime))
            ? known.Number
            : null;

    /// <summary>Adds an entry and returns its number.</summary>
    public long Append(AuditEntry entry)
    {
        entry = entry with { Number = ++Last };
        var page = PageOf(Last);
        if (_pages.TryGetValue(page, out var known)) known.Next = known.Next.Add(entry);
        else _pages[page] = new([]) { Next = [entry] };
        Remember(entry);
        if (Last % PageSize == 0) Close(page);
        return Last;
    }

    /// <summary>Changes an entry, if its page is in memory.</summary>
    public void Change(long number, Func<AuditEntry, AuditEntry> change)
    {
        if (!_pages.TryGetValue(PageOf(number), out var page)) return;
        var index = (int)((number - 1) % PageSize);
        if (index < page.Next.Length) page.Next = page.Next.SetItem(index, change(page.Next[index]));
    }

    /// <summary>Drops the entries that are too old or too many.</summary>
    /// <param name="oldest">The time of the oldest entry that is kept.</param>
    /// <param name="maxBytes">The maximum size.</param>
    public void Trim(DateTimeOffset oldest, long maxBytes)
    {
        var bytes = _head.Segments.Sum(segment => segment.Bytes) + BytesOf(_head.OpenSegment);
        while (_head.Segments is [var segment, ..] && (segment.Newest < oldest || (bytes > maxBytes && _head.Segments.Length > 1)))
        {
            bytes -= segment.Bytes;
            var first = _head.FirstSegment + 1;
            _head = _head with
            {
                FirstSegment = first,
                FirstPage = Math.Max(_head.FirstPage, first * SegmentPages),
                Segments = _head.Segments.RemoveAt(0),
            };
        }

        // Within the segment that is being filled, full pages are dropped by age.
        while (_head.Segments.IsEmpty && _pages.TryGetValue(_head.FirstPage, out var page) && page.Next.Length == PageSize
            && page.Next.Max(entry => entry.Time) < oldest)
            _head = _head with { FirstPage = _head.FirstPage + 1 };
    }

    /// <summary>Returns everything that is not durable yet.</summary>
    public AuditWrite NextWrite() => new(
        [
            .. from page in _pages
               where page.Key >= _head.FirstPage && page.Value.IsChanged
               orderby page.Key
               select (page.Key, page.Value.Next),
        ],
        (_head.DeletedBefore, _head.FirstPage),
        _head,
        Last);

    /// <summary>Called when a write is durable.</summary>
    public void Written(AuditWrite write)
    {
        foreach (var (page, entries) in write.Pages) _pages[page].Durable = entries;
        (Served, Durable) = (write.Head, write.Last);

        // The next write of the head records the deletions. If the server dies before it, the deletions are repeated.
        _head = _head with { DeletedBefore = write.OldPages.To };
        var left = _pages.Where(page => page.Key < FirstPageInMemory && (!page.Value.IsChanged || page.Key < _head.FirstPage));
        foreach (var page in left.ToList()) _pages.Remove(page.Key);
    }

    /// <summary>Returns the durable entries of a page. Null if the page is not in memory.</summary>
    public ImmutableArray<AuditEntry>? DurableOf(int page) => _pages.TryGetValue(page, out var known) ? known.Durable : null;

    /// <summary>Returns the first page that can have entries with this time or a later one.</summary>
    public int FirstPageSince(DateTimeOffset? from)
    {
        var skipped = from is { } time ? Served.Segments.TakeWhile(segment => segment.Newest < time).Count() : 0;
        return Math.Max(Served.FirstPage, (Served.FirstSegment + skipped) * SegmentPages);
    }

    private static long BytesOf(AuditEntry entry)
    {
        var target = entry.Target;
        return EntryBytes + entry.Action.Length + (entry.Conductor?.Value.Length ?? 0) + (entry.Credential?.Value.Length ?? 0)
            + entry.Address.Length + (entry.Detail?.Length ?? 0) + (entry.Outcome?.Length ?? 0) + (target.Deployable?.Length ?? 0)
            + (target.Instance?.Length ?? 0) + (target.Group?.Length ?? 0) + (target.Credential?.Length ?? 0);
    }

    private long BytesOf(int segment) => EntriesOf(segment).Sum(BytesOf);

    private IEnumerable<AuditEntry> EntriesOf(int segment) => Enumerable.Range(segment * SegmentPages, SegmentPages)
        .SelectMany(page => _pages.TryGetValue(page, out var known) ? known.Next : []);

    /// <summary>Ends a segment after its last page.</summary>
    private void Close(int page)
    {
        var segment = page / SegmentPages;
        if ((page + 1) % SegmentPages != 0 || segment != _head.OpenSegment) return;
        _head = _head with
        {
            Segments = _head.Segments.Add(new(EntriesOf(segment).Max(entry => entry.Time), BytesOf(segment))),
        };
    }

    private void Remember(AuditEntry entry)
    {
        if (_marks.TryAdd(entry.Mark, (entry.Number, entry.Time))) _oldestMarks.Enqueue(entry.Mark);
        else _marks[entry.Mark] = (entry.Number, entry.Time);
        if (_oldestMarks.Count > MaxMarks) _marks.Remove(_oldestMarks.Dequeue());
        if (_newestOf.Count >= MaxMarks) _newestOf.Clear();
        _newestOf[entry.Target] = entry.Mark;
    }

    private sealed class Page(ImmutableArray<AuditEntry> durable)
    {
        public ImmutableArray<AuditEntry> Durable { get; set; } = durable;

        public ImmutableArray<AuditEntry> Next { get; set; } = durable;

        public bool IsChanged => Next != Durable;
    }
}
