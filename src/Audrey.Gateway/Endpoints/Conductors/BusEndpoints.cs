using Audrey.Gateway.Bus;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>Gives conductors the address of the message bus.</summary>
internal sealed class BusEndpoints(BusUrl bus) : ConductorEndpoints
{
    protected override void Map(RouteGroupBuilder conductors) =>
        conductors.MapGet(Version3Routes.Bus, Find).Describe("bus", "Returns the address of the message bus");

    private Answer<BusInfo> Find(HttpContext http) =>
        bus.Find(http) is { } url ? new BusInfo(url, bus.Broker) : new BusInfo(null, null);
}
