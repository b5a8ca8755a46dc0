using Audrey.Abstractions;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Audrey.Grains.Persistence;

/// <summary>
/// A row of a grain. Every write follows the same order: change, write, serve, acknowledge. <see cref="Current"/> is the value that the
/// storage has confirmed. A failed write restores that value, ends the activation and fails with <see cref="NotDurableException"/>.
/// </summary>
/// <typeparam name="T">An immutable record. A change creates a new record.</typeparam>
internal sealed class DurableState<T>
    where T : class
{
    private readonly IPersistentState<T> _row;
    private readonly Func<T, bool> _isEmpty;
    private readonly DurableWriter _writer;
    private T? _current;
    private T? _next;

    /// <param name="row">The row. The row is read on first use, so grains can create this object in their constructor.</param>
    /// <param name="grain">The grain that holds the row.</param>
    /// <param name="logger">The grain's log.</param>
    /// <param name="isEmpty">
    /// Returns whether a value means that there is no row. Writing such a value clears the row. If this is null, a write never clears the
    /// row.
    /// </param>
    public DurableState(IPersistentState<T> row, IGrainBase grain, ILogger logger, Func<T, bool>? isEmpty = null)
    {
        (_row, _isEmpty) = (row, isEmpty ?? (_ => false));
        _writer = new DurableWriter(WriteRow, grain, logger);
    }

    /// <summary>The durable value. No other value is served.</summary>
    public T Current => _current ??= _row.State;

    /// <summary>
    /// The value that the next write makes durable. This value is the same object as <see cref="Current"/> if there is nothing to write.
    /// </summary>
    public T Next => _next ?? Current;

    /// <summary>Whether a write has failed, so that this activation is ending.</summary>
    public bool HasFailed => _writer.HasFailed;

    /// <summary>
    /// Makes a change durable. The change is applied to <see cref="Next"/> immediately, and callers that interleave share a write. A change
    /// that returns its argument causes no write, but waits for the earlier changes.
    /// </summary>
    /// <exception cref="NotDurableException">The storage did not confirm the write.</exception>
    public Task Update(Func<T, T> change)
    {
        _next = change(Next);
        return ReferenceEquals(_next, Current) ? Task.CompletedTask : _writer.Flush();
    }

    /// <summary>Makes a value durable; see <see cref="Update"/>.</summary>
    /// <exception cref="NotDurableException">The storage did not confirm the write.</exception>
    public Task Write(T value) => Update(_ => value);

    /// <summary>
    /// Makes a value durable in a separate write, which begins immediately. The caller ensures that no other write of the row is running.
    /// </summary>
    /// <exception cref="NotDurableException">The storage did not confirm the write.</exception>
    public Task WriteNow(T value)
    {
        _next = value;
        return _writer.WriteNow();
    }

    private async Task WriteRow()
    {
        var (before, next) = (Current, Next);
        if (ReferenceEquals(before, next)) return;
        try
        {
            _row.State = next;
            if (!_isEmpty(next)) await _row.WriteStateAsync();
            else if (_row.RecordExists) await _row.ClearStateAsync();
        }
        catch
        {
            _row.State = before;
            throw;
        }

        _current = next;
    }
}
