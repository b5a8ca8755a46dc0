using Audrey.Bus.Qmf;

namespace Audrey.Bus.Consoles;

/// <summary>
/// A heartbeat, changed objects or events, as a console has received them.
/// </summary>
/// <param name="Agent">The name of the agent as the message gives it.</param>
/// <param name="Message">The whole message.</param>
/// <param name="Objects">The objects or events. It is empty for a heartbeat.</param>
public sealed record QmfIndication(string Agent, QmfMessage Message, IReadOnlyList<QmfObject> Objects)
{
    /// <summary>Whether this is a heartbeat.</summary>
    public bool IsHeartbeat => Message.Opcode == QmfOpcodes.Heartbeat;
}
