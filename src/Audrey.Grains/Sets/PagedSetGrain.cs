using System.Collections.Immutable;
using Audrey.Grains.Persistence;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Audrey.Grains.Sets;

/// <summary>The common base of all paged sets; see <see cref="IPagedSetGrain"/>. Serves only durable ids.</summary>
internal abstract class PagedSetGrain : Grain, IPagedSetGrain
{
    /// <summary>The maximum number of ids on a page.</summary>
    public const int PageSize = 128;

    private readonly DurableState<PagedSetState> _state;
    private string _owner = "";

    protected PagedSetGrain(IPersistentState<PagedSetState> row, ILogger logger) => _state = new(row, this, logger, IsEmpty);

    /// <summary>The number of this page.</summary>
    protected int Page { get; private set; }

    /// <summary>The durable ids of this page.</summary>
    protected ImmutableArray<string> Ids => _state.Current.Ids;

    /// <summary>The number of pages. The number is correct only on page 0.</summary>
    protected int Pages => 1 + _state.Current.FurtherPages;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        (Page, _owner) = SetKey.Parse(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public async Task<int> Add(string id)
    {
        if (await TryAdd(id)) return Page;
        while (true)
        {
            var last = _state.Current.FurtherPages;
            if (last > 0 && await Other(last).TryAdd(id)) return last;
            await _state.Update(state => state.FurtherPages == last ? state with { FurtherPages = last + 1 } : state);
        }
    }

    public async Task<bool> TryAdd(string id)
    {
        if (!_state.Next.Ids.Contains(id) && _state.Next.Ids.Length >= PageSize) return false;
        await _state.Update(state => state.Ids.Contains(id) ? state : state with { Ids = state.Ids.Add(id) });
        return true;
    }

    public async Task<ImmutableArray<int>> AddMany(ImmutableArray<string> ids)
    {
        var pages = ImmutableArray.CreateBuilder<int>(ids.Length);
        Fill(Page, await TryAddMany(ids));
        while (pages.Count < ids.Length)
        {
            var last = _state.Current.FurtherPages;
            if (last > 0) Fill(last, await Other(last).TryAddMany(ids[pages.Count..]));
            if (pages.Count == ids.Length) break;
            await _state.Update(state => state.FurtherPages == last ? state with { FurtherPages = last + 1 } : state);
        }

        return pages.MoveToImmutable();

        void Fill(int page, int count)
        {
            for (; count > 0; count--) pages.Add(page);
        }
    }

    public async Task<int> TryAddMany(ImmutableArray<string> ids)
    {
        var added = _state.Next.Ids.ToBuilder();
        var known = added.ToHashSet(StringComparer.Ordinal);
        var count = 0;
        for (; count < ids.Length; count++)
        {
            if (known.Contains(ids[count])) continue;
            if (added.Count >= PageSize) break;
            known.Add(ids[count]);
            added.Add(ids[count]);
        }

        if (count > 0) await _state.Update(state => added.Count > state.Ids.Length ? state with { Ids = added.ToImmutable() } : state);
        return count;
    }

    public virtual async Task Remove(string id)
    {
        await _state.Update(state => state.Ids.Contains(id) ? state with { Ids = state.Ids.Remove(id) } : state);
        for (var page = 1; Page == 0 && page <= _state.Current.FurtherPages; page++) await Other(page).Remove(id);
    }

    public async ValueTask<SetPage> Read(int page, CancellationToken cancellationToken = default) =>
        page == Page ? new SetPage(Ids, Pages)
        : page > _state.Current.FurtherPages ? new SetPage([], Pages)
        : (await Other(page).Read(page, cancellationToken)) with { Pages = Pages };

    public async Task Clear()
    {
        if (IsEmpty(_state.Current) && IsEmpty(_state.Next)) return;

        // Page 0 is cleared last, because the other pages can be found again only while page 0 exists.
        for (var page = _state.Current.FurtherPages; Page == 0 && page > 0; page--) await Other(page).Clear();
        await _state.Write(new PagedSetState());
        DeactivateOnIdle();
    }

    /// <summary>Returns whether the id is on this page and no call has begun to remove it.</summary>
    protected bool IsKept(string id) => _state.Next.Ids.Contains(id);

    /// <summary>Returns another page of this set by its key.</summary>
    protected abstract IPagedSetGrain PageAt(string key);

    /// <summary>Returns page <paramref name="page"/> of this set.</summary>
    protected IPagedSetGrain Other(int page) => PageAt(new SetKey(page, _owner).ToString());

    private static bool IsEmpty(PagedSetState state) => state.Ids.IsEmpty && state.FurtherPages == 0;
}
