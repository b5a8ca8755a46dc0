using System.Text.Json.Nodes;

namespace Audrey.Agent.Facts.Network;

/// <summary>Reads the facts of the class Network from the kernel, by netlink.</summary>
internal sealed class NetworkReader : IFactReader
{
    public FactClass Class { get; } = new(
        "Network",
        "The network of the machine.",
        new FactProperty("interfaces", FactType.List, "The interfaces: name, state, mtu in bytes, and mac if it has one."),
        new FactProperty("addresses", FactType.List, "The addresses: interface, address, prefix in bits, scope, and flags of the kernel."),
        new FactProperty(
            "default-routes",
            FactType.List,
            "The default routes of the main table: interface, metric, and gateway and source if any."));

    public ChangeSigns FindSigns() => new() { Network = true };

    public Task<IReadOnlyDictionary<string, Reading>> ReadAsync(CancellationToken cancellationToken)
    {
        var links = NetlinkSocket.Ask(NetlinkSocket.GetLink).Select(message => NetlinkMessages.ReadLink(message)).ToArray();
        var names = links.ToDictionary(link => link.Number, link => link.Name);
        return Task.FromResult<IReadOnlyDictionary<string, Reading>>(new Dictionary<string, Reading>(StringComparer.Ordinal)
        {
            ["interfaces"] = List(links.Select(link => link.Map)),
            ["addresses"] = List(NetlinkSocket.Ask(NetlinkSocket.GetAddress)
                .Select(message => NetlinkMessages.ReadAddress(message, names)).OfType<JsonObject>()),
            ["default-routes"] = List(NetlinkSocket.Ask(NetlinkSocket.GetRoute)
                .SelectMany(message => NetlinkMessages.ReadDefaultRoute(message, names))),
        });
    }

    private static Reading List(IEnumerable<JsonObject> maps) => Reading.Of(new JsonArray([.. maps]));
}
