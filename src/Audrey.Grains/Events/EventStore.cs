using Audrey.Core.Events;
using Audrey.Grains.Sets;
using Orleans.Runtime;
using Orleans.Storage;

namespace Audrey.Grains.Events;

/// <summary>
/// The rows of one deployable's log, except its head. Used by only one activation, with at most one call for each row at a time.
/// </summary>
internal sealed class EventStore(IGrainStorage storage, string deployable)
{
    /// <summary>The maximum number of events in one row.</summary>
    public const int PageSize = 128;

    private const string PagesState = "eventspage";
    private const string CursorsState = "eventcursors";

    private readonly Dictionary<(string State, int Page), object> _rows = [];

    /// <summary>Returns the page of an event.</summary>
    public static int PageOf(long number) => (int)((number - 1) / PageSize);

    /// <summary>Returns the number of a page's first event.</summary>
    public static long FirstOf(int page) => (long)page * PageSize + 1;

    /// <summary>Returns the events of a page. Empty if the page does not exist.</summary>
    public async Task<EventsPageRow> ReadPage(int page)
    {
        var row = new GrainState<EventsPageRow>(new());
        await storage.ReadStateAsync(PagesState, IdOf(PagesState, page), row);
        return row.State ?? new();
    }

    public Task WritePage(int page, EventsPageRow row) => Write(PagesState, page, row);

    public Task ClearPage(int page) => Clear<EventsPageRow>(PagesState, page);

    public async Task<EventCursorsRow> ReadCursors(int page) => (await Row<EventCursorsRow>(CursorsState, page)).State ?? new();

    public Task WriteCursors(int page, EventCursorsRow row) => Write(CursorsState, page, row);

    public Task ClearCursors(int page) => Clear<EventCursorsRow>(CursorsState, page);

    /// <summary>Forgets the row versions of all pages before the given one. Those pages will not be written again.</summary>
    public void LeaveBefore(int page)
    {
        foreach (var key in _rows.Keys.Where(key => key.State == PagesState && key.Page < page).ToList()) _rows.Remove(key);
    }

    private async Task Write<T>(string state, int page, T value)
        where T : class, new()
    {
        var row = await Row<T>(state, page);
        row.State = value;
        await storage.WriteStateAsync(state, IdOf(state, page), row);
    }

    private async Task Clear<T>(string state, int page)
        where T : class, new()
    {
        var row = await Row<T>(state, page);
        if (row.RecordExists) await storage.ClearStateAsync(state, IdOf(state, page), row);
        _rows.Remove((state, page));
    }

    /// <summary>Returns the row with the version that the next write must state.</summary>
    private async Task<GrainState<T>> Row<T>(string state, int page)
        where T : class, new()
    {
        if (_rows.TryGetValue((state, page), out var known)) return (GrainState<T>)known;
        var row = new GrainState<T>(new());
        await storage.ReadStateAsync(state, IdOf(state, page), row);
        _rows[(state, page)] = row;
        return row;
    }

    // These ids belong to no grain: the log uses the storage directly, for as many rows as it needs.
    private GrainId IdOf(string state, int page) => GrainId.Create(state, new SetKey(page, deployable).ToString());
}
