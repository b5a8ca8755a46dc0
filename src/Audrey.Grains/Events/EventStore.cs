using Orleans.Storage;

namespace Audrey.Grains.Events;

/// <summary>
/// The rows of one deployable's log, except its head. Used by only one activation, with at most one call for each row at a time.
/// </summary>
internal sealed class EventStore(IGrainStorage storage, string deployable)
{
    /// <summary>The maximum number of events in one row.</summary>
    public const int PageSize = 128;

    private readonly NumberedRows<EventsPageRow> _pages = new(storage, "eventspage", deployable);
    private readonly NumberedRows<EventCursorsRow> _cursors = new(storage, "eventcursors", deployable);
    private readonly NumberedRows<EventTalliesRow> _tallies = new(storage, "eventtallies", deployable);

    /// <summary>Returns the page of an event.</summary>
    public static int PageOf(long number) => (int)((number - 1) / PageSize);

    /// <summary>Returns the number of a page's first event.</summary>
    public static long FirstOf(int page) => (long)page * PageSize + 1;

    /// <summary>Returns the events of a page. Empty if the page does not exist.</summary>
    public Task<EventsPageRow> ReadPage(int page) => _pages.Read(page);

    public Task WritePage(int page, EventsPageRow row) => _pages.Write(page, row);

    public Task ClearPage(int page) => _pages.Clear(page);

    public Task<EventCursorsRow> ReadCursors(int page) => _cursors.Read(page);

    public Task WriteCursors(int page, EventCursorsRow row) => _cursors.Write(page, row);

    public Task ClearCursors(int page) => _cursors.Clear(page);

    public Task<EventTalliesRow> ReadTallies(int page) => _tallies.Read(page);

    public Task WriteTallies(int page, EventTalliesRow row) => _tallies.Write(page, row);

    /// <summary>Deletes all pages of tallies.</summary>
    public async Task ClearTallies()
    {
        for (var page = 0; await _tallies.Clear(page); page++)
        {
        }
    }

    /// <summary>Forgets the row versions of all pages before the given one. Those earlier pages will not be written again.</summary>
    public void LeaveBefore(int page) => _pages.LeaveBefore(page);
}
