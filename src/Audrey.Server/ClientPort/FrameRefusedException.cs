namespace Audrey.Server.ClientPort;

/// <summary>
/// A caller sent a message that it is not allowed to send. The connection is closed, and the message is not deserialized.
/// </summary>
internal sealed class FrameRefusedException(string reason) : Exception($"The port for clients refused a message: {reason}.")
{
    /// <summary>Gets the reason, which does not vary with the caller.</summary>
    public string Reason => reason;
}
