using System.Collections.Immutable;
using Audrey.Abstractions;

namespace Audrey.Grains.Sets;

/// <summary>What all paged sets do; see <see cref="IPagedSetGrain"/>. Serves only what is durable.</summary>
internal abstract class PagedSetGrain : Grain, IPagedSetGrain
{
    /// <summary>Ids on a page.</summary>
    public const int PageSize = 128;

    private readonly IPersistentState<PagedSetState> _row;
    private readonly CoalescedWrite _write;

    // The same object while nothing waits to be written.
    private PagedSetState _durable = new();
    private PagedSetState _next = new();
    private bool _broken;
    private int _page;
    private string _owner = "";

    protected PagedSetGrain(IPersistentState<PagedSetState> row)
    {
        _row = row;
        _write = new CoalescedWrite(WriteAsync);
    }

    /// <summary>The durable ids of this page.</summary>
    protected ImmutableArray<string> Ids => _durable.Ids;

    /// <summary>How many pages there are; right on page 0 only.</summary>
    protected int Pages => 1 + _durable.FurtherPages;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        (_page, _owner) = SetKey.Parse(this.GetPrimaryKeyString());
        _durable = _next = _row.State;
        return Task.CompletedTask;
    }

    public async Task<int> Add(string id)
    {
        if (await TryAdd(id)) return _page;
        while (true)
        {
            var last = _durable.FurtherPages;
            if (last > 0 && await Other(last).TryAdd(id)) return last;
            if (_next.FurtherPages == last) _next = _next with { FurtherPages = last + 1 };
            if (_durable.FurtherPages == last) await _write.Covering();
        }
    }

    public async Task<bool> TryAdd(string id)
    {
        if (!_next.Ids.Contains(id))
        {
            if (_next.Ids.Length >= PageSize) return false;
            _next = _next with { Ids = _next.Ids.Add(id) };
        }

        if (!ReferenceEquals(_next, _durable)) await _write.Covering();
        return true;
    }

    public async Task<ImmutableArray<int>> AddMany(ImmutableArray<string> ids)
    {
        var pages = ImmutableArray.CreateBuilder<int>(ids.Length);
        Fill(_page, await TryAddMany(ids));
        while (pages.Count < ids.Length)
        {
            var last = _durable.FurtherPages;
            if (last > 0) Fill(last, await Other(last).TryAddMany(ids[pages.Count..]));
            if (pages.Count == ids.Length) break;
            if (_next.FurtherPages == last) _next = _next with { FurtherPages = last + 1 };
            if (_durable.FurtherPages == last) await _write.Covering();
        }

        return pages.MoveToImmutable();

        void Fill(int page, int count)
        {
            for (; count > 0; count--) pages.Add(page);
        }
    }

    public async Task<int> TryAddMany(ImmutableArray<string> ids)
    {
        var added = _next.Ids.ToBuilder();
        var known = added.ToHashSet(StringComparer.Ordinal);
        var count = 0;
        for (; count < ids.Length; count++)
        {
            if (known.Contains(ids[count])) continue;
            if (added.Count >= PageSize) break;
            known.Add(ids[count]);
            added.Add(ids[count]);
        }

        if (added.Count > _next.Ids.Length) _next = _next with { Ids = added.ToImmutable() };
        if (count > 0 && !ReferenceEquals(_next, _durable)) await _write.Covering();
        return count;
    }

    public async Task Remove(string id)
    {
        if (_next.Ids.Contains(id)) _next = _next with { Ids = _next.Ids.Remove(id) };
        if (!ReferenceEquals(_next, _durable)) await _write.Covering();
        for (var page = 1; _page == 0 && page <= _durable.FurtherPages; page++) await Other(page).Remove(id);
    }

    public async ValueTask<SetPage> Read(int page) =>
        page == _page ? new SetPage(Ids, Pages)
        : page > _durable.FurtherPages ? new SetPage([], Pages)
        : (await Other(page).Read(page)) with { Pages = Pages };

    public async Task Clear()
    {
        if (IsEmpty(_durable) && IsEmpty(_next)) return;

        // Page 0 last: while it is there, the others are found again.
        for (var page = _durable.FurtherPages; _page == 0 && page > 0; page--) await Other(page).Clear();
        _next = new PagedSetState();
        await _write.Covering();
        DeactivateOnIdle();
    }

    /// <summary>Another page of this set.</summary>
    protected abstract IPagedSetGrain PageAt(string key);

    /// <summary>Page <paramref name="page"/> of this set.</summary>
    protected IPagedSetGrain Other(int page) => PageAt(new SetKey(page, _owner).ToString());

    private static bool IsEmpty(PagedSetState state) => state.Ids.IsEmpty && state.FurtherPages == 0;

    private async Task WriteAsync()
    {
        // This activation is ending: what the failed write left behind is for the next one to read.
        if (_broken) throw NotDurable(null);
        var next = _next;
        if (ReferenceEquals(next, _durable)) return;
        try
        {
            _row.State = next;
            if (!IsEmpty(next)) await _row.WriteStateAsync();
            else if (_row.RecordExists) await _row.ClearStateAsync();
        }
        catch (Exception exception)
        {
            // Whether the row was written is not known: nothing more is written here, and what is served comes from storage again.
            _row.State = _durable;
            _broken = true;
            DeactivateOnIdle();
            throw NotDurable(exception);
        }

        _durable = next;
    }

    private static NotDurableException NotDurable(Exception? cause) =>
        cause is null ? new("an earlier write of the same page failed; try again") : new("the database did not take the write; try again later", cause);
}
