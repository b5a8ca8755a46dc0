using Audrey.Bus.Broker;
using Audrey.Bus.Qmf;
using Audrey.Core.Access;

namespace Audrey.Gateway.Bus;

/// <summary>
/// Decides who may send and receive what on the embedded bus. An instance acts as an agent under its own name, and answers the conductor
/// that owns it. A conductor acts as a console, and sees only the agents of its instances. The server itself may do both.
/// </summary>
internal sealed class BusAccess(BusOwners owners) : IBusAccess
{
    private const string Requests = "console.";
    private const string OwnRequests = "direct-agent.route.";
    private const string Responses = "direct-console.";
    private const string Indications = "agent.";

    /// <summary>Gets the user in whose name the server itself sends.</summary>
    public static BusUser Server { get; } = new("audrey");

    public string? WhyNotSend(BusUser user, QmfMessage message, IReadOnlyCollection<string> agents)
    {
        var isRequest = message.Opcode is QmfOpcodes.LocateRequest or QmfOpcodes.QueryRequest or QmfOpcodes.MethodRequest;
        switch (user.Identity)
        {
            case BusCaller { Guest: not null }:
                if (isRequest) return "An instance answers requests; it may not send them.";
                return agents.FirstOrDefault(agent => !BusBridge.MaySpeak(agent, user.Name)) is { } other
                    ? $"The instance {user.Name} may not send messages of the agent {other}."
                    : null;
            case BusCaller { Conductor: { } conductor }:
                if (!isRequest) return "A conductor sends requests; it may not send messages of an agent.";
                return message.Opcode == QmfOpcodes.MethodRequest && !conductor.Role.Permits(ConductorAction.Change)
                    ? RoleRefusal.Describe(conductor.Role, ConductorAction.Change)
                    : null;
            default:
                return null;
        }
    }

    public string? WhyNotListen(BusUser user, BusAddress address)
    {
        var isTopic = address.Exchange == BusAddress.Topic;
        var isAllowed = user.Identity switch
        {
            BusCaller { Guest: not null } => isTopic
                ? Begins(address, Requests) || Begins(address, OwnRequests)
                : BusBridge.MaySpeak(address.Key, user.Name),
            _ => isTopic && (Begins(address, Indications) || Begins(address, Responses)),
        };
        return isAllowed ? null : $"{user.Name} may not receive from {address}.";
    }

    public bool MayReceive(BusUser receiver, BusUser sender, QmfMessage message) => (receiver.Identity, sender.Identity) switch
    {
        (BusCaller { Guest: { } guest }, BusCaller { Conductor: { } conductor }) => owners.TryFind(guest.Deployable) == conductor.Key,
        (BusCaller { Conductor: { } conductor }, BusCaller { Guest: { } guest }) => owners.TryFind(guest.Deployable) == conductor.Key,
        (BusCaller { Guest: not null }, _) => ReferenceEquals(sender, Server),
        _ => false,
    };

    private static bool Begins(BusAddress address, string prefix) => address.Key.StartsWith(prefix, StringComparison.Ordinal);
}
