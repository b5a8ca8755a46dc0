using Audrey.Gateway.Settings;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Version3;

/// <summary>Bounds the requests of each conductor that are worked on at a time: one that asks too much takes nothing from the others.</summary>
internal sealed class ActiveConductors(IOptions<GatewayOptions> options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _active = new(StringComparer.Ordinal);

    /// <summary>How many one conductor may have.</summary>
    public int Max { get; } = options.Value.MaxActivePerConductor;

    /// <summary>Counts one; null when the conductor has as many as it may. Dispose of what is returned when the request is done.</summary>
    public IDisposable? Enter(string conductor)
    {
        lock (_lock)
        {
            var others = _active.GetValueOrDefault(conductor);
            if (others >= Max) return null;
            _active[conductor] = others + 1;
            return new Place(this, conductor);
        }
    }

    private void Leave(string conductor)
    {
        lock (_lock)
        {
            var left = _active[conductor] - 1;
            if (left == 0) _active.Remove(conductor);
            else _active[conductor] = left;
        }
    }

    private sealed class Place(ActiveConductors all, string conductor) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) all.Leave(conductor);
        }
    }
}
