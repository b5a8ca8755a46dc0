using Audrey.Core.Ids;
using Audrey.Core.Limits;

namespace Audrey.Abstractions.Conductors;

/// <summary>
/// Counts the event streams of each conductor at this server, and its calls that wait for events. Only conductors with an open stream are
/// in memory. Thread-safe.
/// </summary>
public sealed class OpenStreams(IConductorQuotas quotas)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ConductorKey, int> _open = [];

    /// <summary>Counts a stream until the result is disposed of.</summary>
    /// <param name="conductor">The conductor.</param>
    /// <param name="stream">The counted stream. Null if the conductor has as many as its quota allows.</param>
    /// <returns>The quota that would be exceeded, or null.</returns>
    public QuotaExcess? Open(ConductorKey conductor, out IDisposable? stream)
    {
        stream = null;
        var max = quotas.Of(conductor).MaxStreams;
        lock (_lock)
        {
            var open = _open.GetValueOrDefault(conductor);
            if (open >= max) return new(conductor, QuotaKind.Streams, max, open, 1);
            _open[conductor] = open + 1;
        }

        stream = new Counted(this, conductor);
        return null;
    }

    private void Close(ConductorKey conductor)
    {
        lock (_lock)
        {
            if (_open[conductor] == 1) _open.Remove(conductor);
            else _open[conductor]--;
        }
    }

    private sealed class Counted(OpenStreams all, ConductorKey conductor) : IDisposable
    {
        private int _isClosed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isClosed, 1) == 0) all.Close(conductor);
        }
    }
}
