using Audrey.Abstractions;
using Orleans.Runtime;

namespace Audrey.Grains;

/// <summary>Writes a grain's row so that what the grain goes on from is what is durable.</summary>
internal static class DurableRows
{
    /// <summary>Writes a row. When that fails it is not known whether it was written: the grain is to leave, and start anew from storage.</summary>
    /// <param name="row">The row; holds what it did before when this fails.</param>
    /// <param name="after">What is written.</param>
    /// <param name="leave">The grain's <see cref="Grain.DeactivateOnIdle"/>.</param>
    /// <exception cref="NotDurableException">The storage did not say that it was written.</exception>
    public static async Task Write<TRow>(this IPersistentState<TRow> row, TRow after, Action leave)
    {
        var before = row.State;
        row.State = after;
        try
        {
            await row.WriteStateAsync();
        }
        catch (Exception exception)
        {
            row.State = before;
            leave();
            throw new NotDurableException("the database did not take the write; try again later", exception);
        }
    }
}
