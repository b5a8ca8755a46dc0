using Audrey.Core.Replay;

namespace Audrey.Core.Instances;

/// <summary>
/// Says whether a guest's GET may leave a trace (contact times, a service's start, in version 0 the address). GETs are not
/// remembered one by one in storage; instead the newest timestamp seen is written once in a while, and never later than
/// <see cref="Interval"/> of the guest's own clock after it was seen. After a restart, everything up to that much past the written
/// timestamp is taken for a repetition. A guest whose clock was set back leaves no trace by GETs until its clock has caught up;
/// its PUTs, which are remembered one by one, do.
/// </summary>
public sealed class ContactGate(long writtenTimestamp)
{
    /// <summary>How far, in seconds of the guest's clock, the written timestamp may lag.</summary>
    public const long Interval = 60;

    /// <summary>Requests remembered one by one; beyond that the oldest timestamps become the floor.</summary>
    public const int Capacity = 64;

    private readonly List<(long Timestamp, ulong Nonce)> _recent = [];
    private long _floor = Later(writtenTimestamp);
    private long _written = writtenTimestamp;

    /// <summary>Takes a request in; true when it was not seen before.</summary>
    public bool Admit(RequestMark mark)
    {
        if (mark.Timestamp <= _floor || _recent.Contains((mark.Timestamp, mark.Nonce))) return false;
        if (_recent.Count == Capacity)
        {
            _floor = Math.Max(_floor, _recent.Min(request => request.Timestamp));
            _recent.RemoveAll(request => request.Timestamp <= _floor);
            if (mark.Timestamp <= _floor) return false;
        }

        _recent.Add((mark.Timestamp, mark.Nonce));
        return true;
    }

    /// <summary>Whether the newest timestamp must be written before this request is answered.</summary>
    public bool MustWrite(RequestMark mark) => mark.Timestamp > Later(_written);

    /// <summary>Tells that a timestamp was written.</summary>
    public void Written(long timestamp) => _written = Math.Max(_written, timestamp);

    private static long Later(long timestamp) =>
        timestamp == long.MinValue ? timestamp : timestamp > long.MaxValue - Interval ? long.MaxValue : timestamp + Interval;
}
