using Audrey.Grains.Sets;
using Orleans.Runtime;
using Orleans.Storage;

namespace Audrey.Grains.Events;

/// <summary>
/// Numbered rows of one owner. They do not belong to a grain. A log uses the storage directly, so it can have as many rows as it needs.
/// Used by only one activation, with at most one write for each row at a time.
/// </summary>
/// <typeparam name="T">The contents of a row.</typeparam>
internal sealed class NumberedRows<T>(IGrainStorage storage, string state, string owner)
    where T : class, new()
{
    private readonly Dictionary<int, GrainState<T>> _rows = [];

    /// <summary>Returns the contents of a row. Empty if the row does not exist.</summary>
    public async Task<T> Read(int number)
    {
        var row = new GrainState<T>(new());
        await storage.ReadStateAsync(state, IdOf(number), row);
        return row.State ?? new();
    }

    public async Task Write(int number, T value)
    {
        var row = await Row(number);
        row.State = value;
        await storage.WriteStateAsync(state, IdOf(number), row);
    }

    /// <summary>Deletes a row. Returns whether it existed.</summary>
    public async Task<bool> Clear(int number)
    {
        var row = await Row(number);
        var existed = row.RecordExists;
        if (existed) await storage.ClearStateAsync(state, IdOf(number), row);
        _rows.Remove(number);
        return existed;
    }

    /// <summary>Forgets the versions of all rows before the given one. Those rows will seldom be written again.</summary>
    public void LeaveBefore(int number)
    {
        foreach (var left in _rows.Keys.Where(key => key < number).ToList()) _rows.Remove(left);
    }

    /// <summary>Returns the row with the version that the next write must state.</summary>
    private async Task<GrainState<T>> Row(int number)
    {
        if (_rows.TryGetValue(number, out var known)) return known;
        var row = new GrainState<T>(new());
        await storage.ReadStateAsync(state, IdOf(number), row);
        _rows[number] = row;
        return row;
    }

    private GrainId IdOf(int number) => GrainId.Create(state, new SetKey(number, owner).ToString());
}
