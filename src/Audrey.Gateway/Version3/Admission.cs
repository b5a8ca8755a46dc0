using Audrey.Gateway.Settings;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Version3;

/// <summary>
/// Bounds the requests of version 3 that are worked on at a time, those that wait left out: more are put off at once with
/// <c>Retry-After</c>, while those under way are answered as fast as ever.
/// </summary>
internal sealed class Admission(IOptions<GatewayOptions> options)
{
    private readonly int _most = options.Value.MaxActive;
    private int _active;

    /// <summary>How many are worked on now.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>Lets one in; false when it must be put off.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _active) <= _most) return true;
        Interlocked.Decrement(ref _active);
        return false;
    }

    /// <summary>Lets one in again that had been let in and waited.</summary>
    public void Return() => Interlocked.Increment(ref _active);

    /// <summary>One is done, or waits.</summary>
    public void Leave() => Interlocked.Decrement(ref _active);
}
