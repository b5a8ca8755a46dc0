using Audrey.Bus.Qmf;

namespace Audrey.Bus.Broker;

/// <summary>
/// The agents that a message claims to come from.
/// </summary>
internal static class AgentClaims
{
    /// <summary>
    /// Returns the names in the header of a message, in the description of an agent, and in the identities of objects. Requests name
    /// agents that they are sent to, so only their header counts.
    /// </summary>
    /// <exception cref="QmfFormatException">The body is not of the form that its opcode prescribes.</exception>
    public static IReadOnlyCollection<string> Of(QmfMessage message)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (message.Agent.Length > 0) names.Add(message.Agent);
        switch (message.Opcode)
        {
            case QmfOpcodes.Heartbeat or QmfOpcodes.LocateResponse:
                names.Add(AgentDescription.Read(message).Name.ToString());
                if (Description(message) is { Length: > 0 } name) names.Add(name);
                break;
            case QmfOpcodes.DataIndication:
            case QmfOpcodes.QueryResponse when message.Content is "_data" or "_event":
                foreach (var item in QmfObject.ReadAll(message))
                {
                    if (item.Id is { Agent.Length: > 0 } id) names.Add(id.Agent);
                }

                break;
        }

        return names;
    }

    // Consoles use the name of the description; it could differ from its parts.
    private static string Description(QmfMessage message) => new QmfBody(message.Body, "body")["_values"]["_name"].TextOrEmpty();
}
