using System.Buffers.Binary;
using Orleans;

namespace Audrey.Core.Replay;

/// <summary>What a <see cref="ReplayMemory"/> says of a request.</summary>
public enum Freshness
{
    /// <summary>Not seen before: it may change state.</summary>
    Fresh,

    /// <summary>The very request that was already carried out: answer as now, change nothing.</summary>
    Repeated,

    /// <summary>A used nonce under another signature, or older than what is still remembered: refuse.</summary>
    Refused,

    /// <summary>More requests came under one timestamp than are remembered: to be tried again later, nothing is changed.</summary>
    TooManyAtOnce,
}

/// <summary>
/// The state-changing requests already carried out, kept in the row that they changed, so that a captured request
/// changes nothing also after a restart. Clocks of guests may be wrong in either direction, so a request is judged by its nonce;
/// only when more than <see cref="Capacity"/> are remembered do the oldest timestamps become a floor, and never the newest one.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.ReplayMemory")]
public sealed record ReplayMemory
{
    /// <summary>Requests remembered one by one, whatever their timestamps.</summary>
    public const int Capacity = 32;

    /// <summary>Requests remembered under one timestamp; more of them are to be tried again later.</summary>
    public const int MaxAtOnce = 1024;

    private const int MarkBytes = sizeof(long) + sizeof(ulong) + sizeof(uint);

    /// <summary>A memory of nothing.</summary>
    public static ReplayMemory Empty { get; } = new();

    /// <summary>Requests with this timestamp or an older one that are not remembered are refused.</summary>
    [Id(0)] public long Floor { get; init; } = long.MinValue;

    /// <summary>
    /// The remembered requests, oldest timestamp first: for each, little-endian, 8 bytes of timestamp, 8 of nonce and 4 of signature.
    /// Packed, because the row is written with every request.
    /// </summary>
    [Id(1)] public byte[] Marks { get; init; } = [];

    /// <summary>How many requests are remembered.</summary>
    public int Count => Marks.Length / MarkBytes;

    /// <summary>Judges a request.</summary>
    public Freshness Judge(RequestMark mark)
    {
        for (var i = Count - 1; i >= 0; i--)
        {
            var seen = At(i);
            if (seen.Nonce != mark.Nonce || seen.Timestamp != mark.Timestamp) continue;
            return seen.Signature == mark.Signature ? Freshness.Repeated : Freshness.Refused;
        }

        if (mark.Timestamp <= Floor) return Freshness.Refused;
        return Count >= MaxAtOnce && At(0).Timestamp == mark.Timestamp && At(Count - 1).Timestamp == mark.Timestamp
            ? Freshness.TooManyAtOnce
            : Freshness.Fresh;
    }

    /// <summary>This memory and one request more.</summary>
    public ReplayMemory With(RequestMark mark)
    {
        var at = Count;
        while (at > 0 && At(at - 1).Timestamp > mark.Timestamp) at--;

        // What goes is what is oldest, but nothing under the newest timestamp: others may come under it still.
        var newest = at < Count ? At(Count - 1).Timestamp : mark.Timestamp;
        var gone = 0;
        while (gone < at && Count + 1 - gone > Capacity && At(gone).Timestamp < newest) gone++;
        var floor = gone == 0 ? Floor : Math.Max(Floor, At(gone - 1).Timestamp);
        if (gone == at && Count + 1 - gone > Capacity && mark.Timestamp < newest)
            return new() { Floor = Math.Max(floor, mark.Timestamp), Marks = Marks[(at * MarkBytes)..] };

        var marks = new byte[(Count + 1 - gone) * MarkBytes];
        Marks.AsSpan(gone * MarkBytes, (at - gone) * MarkBytes).CopyTo(marks);
        Write(marks.AsSpan((at - gone) * MarkBytes), mark);
        Marks.AsSpan(at * MarkBytes).CopyTo(marks.AsSpan((at - gone + 1) * MarkBytes));
        return new() { Floor = floor, Marks = marks };
    }

    private static void Write(Span<byte> to, RequestMark mark)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to, mark.Timestamp);
        BinaryPrimitives.WriteUInt64LittleEndian(to[sizeof(long)..], mark.Nonce);
        BinaryPrimitives.WriteUInt32LittleEndian(to[(sizeof(long) + sizeof(ulong))..], mark.Signature);
    }

    private RequestMark At(int index)
    {
        var from = Marks.AsSpan(index * MarkBytes, MarkBytes);
        return new(
            BinaryPrimitives.ReadInt64LittleEndian(from),
            BinaryPrimitives.ReadUInt64LittleEndian(from[sizeof(long)..]),
            BinaryPrimitives.ReadUInt32LittleEndian(from[(sizeof(long) + sizeof(ulong))..]));
    }
}
