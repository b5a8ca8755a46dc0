using System.Collections.Concurrent;
using Audrey.Core.Ids;
using Audrey.Gateway.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Version3;

/// <summary>The streams of events that are open here: so many of each conductor, and none once the server stops.</summary>
internal sealed class EventStreams(IOptions<GatewayOptions> options, IHostApplicationLifetime lifetime)
{
    private readonly ConcurrentDictionary<ConductorKey, int> _open = new();

    /// <summary>Cancelled when the server stops: a stop waits for the requests under way.</summary>
    public CancellationToken Stopping => lifetime.ApplicationStopping;

    /// <summary>Takes a place; false when the conductor has none left.</summary>
    public bool TryEnter(ConductorKey conductor)
    {
        if (_open.AddOrUpdate(conductor, 1, (_, open) => open + 1) <= options.Value.MaxEventStreams) return true;
        Leave(conductor);
        return false;
    }

    /// <summary>Gives the place up.</summary>
    public void Leave(ConductorKey conductor)
    {
        if (_open.AddOrUpdate(conductor, 0, (_, open) => open - 1) == 0) _open.TryRemove(KeyValuePair.Create(conductor, 0));
    }
}
