namespace Audrey.Bus.Transport;

/// <summary>
/// Bounds the bytes of unfinished messages on one connection. AMQPNetLite collects the parts of a message without a limit, so the frames
/// are inspected before it sees them.
/// </summary>
/// <param name="maxBytes">The limit for all unfinished messages together, in bytes.</param>
internal sealed class TransferLimit(int maxBytes)
{
    private readonly Dictionary<(ushort Channel, uint Handle), int> _unfinished = [];
    private long _total;

    /// <summary>Counts one transfer.</summary>
    /// <param name="channel">The channel of the frame.</param>
    /// <param name="reader">The frame, after its descriptor.</param>
    /// <param name="bytes">The size of the frame.</param>
    /// <exception cref="InvalidDataException">The frame is malformed, or a message is larger than the limit.</exception>
    public void Count(ushort channel, FrameReader reader, int bytes)
    {
        var fields = reader.ReadListCount();
        var handle = fields > 0 ? reader.ReadUInt() : null;
        for (var skipped = 1; skipped < 5 && skipped < fields; skipped++) reader.Skip();
        var more = fields > 5 && reader.ReadBool();
        var key = (channel, handle ?? 0);
        if (_total + bytes > maxBytes) throw new InvalidDataException($"A message is larger than {maxBytes} bytes.");
        if (more)
        {
            _unfinished[key] = _unfinished.GetValueOrDefault(key) + bytes;
            _total += bytes;
        }
        else if (_unfinished.Remove(key, out var earlier))
        {
            _total -= earlier;
        }
    }
}
