using System.Buffers.Binary;
using Orleans;

namespace Audrey.Core.Replay;

/// <summary>The result when a <see cref="ReplayMemory"/> checks a request.</summary>
public enum Freshness
{
    /// <summary>The request was not seen before. The request can change the state.</summary>
    Fresh,

    /// <summary>The same request was already carried out. The request is answered, but it changes nothing.</summary>
    Repeated,

    /// <summary>
    /// The request's nonce was used with another signature, or the request is older than all remembered requests. It is refused.
    /// </summary>
    Refused,

    /// <summary>
    /// There are more requests with one timestamp than can be remembered. The request changes nothing and can be sent again later.
    /// </summary>
    TooManyAtOnce,

    /// <summary>
    /// The request is so old that it is not known whether it was carried out before. It changes nothing, and a newer request can be sent
    /// later.
    /// </summary>
    Unclear,
}

/// <summary>
/// The requests that were carried out and changed the row. The requests are stored in the row that they changed. So a captured request
/// changes nothing, even after a restart. A conductor's clock can be wrong in either direction, so a request is judged by its nonce. If
/// there are more than <see cref="Capacity"/> requests, the oldest are forgotten, and the newest of their timestamps becomes the floor.
/// Requests with the newest timestamp of all are never forgotten.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.ReplayMemory")]
public sealed record ReplayMemory
{
    /// <summary>Maximum number of requests that are remembered individually, whatever their timestamps are.</summary>
    public const int Capacity = 32;

    /// <summary>Maximum number of requests that are remembered for one timestamp. Further requests must be sent again later.</summary>
    public const int MaxAtOnce = 1024;

    private const int MarkBytes = sizeof(long) + sizeof(ulong) + sizeof(uint);

    /// <summary>An empty memory.</summary>
    public static ReplayMemory Empty { get; } = new();

    /// <summary>The floor. A request that is not remembered is refused if its timestamp is equal to the floor or older.</summary>
    [Id(0)] public long Floor { get; init; } = long.MinValue;

    /// <summary>
    /// The remembered requests, oldest timestamp first. Each request is 8 bytes of timestamp, 8 bytes of nonce and 4 bytes of signature, in
    /// little-endian order. This form is compact because the row is written with every request.
    /// </summary>
    [Id(1)] public byte[] Marks { get; init; } = [];

    /// <summary>The number of remembered requests.</summary>
    public int Count => Marks.Length / MarkBytes;

    /// <summary>The remembered requests, oldest timestamp first.</summary>
    internal IEnumerable<RequestMark> All => Enumerable.Range(0, Count).Select(At);

    /// <summary>The newest timestamp that is remembered.</summary>
    public long Newest => Count == 0 ? Floor : At(Count - 1).Timestamp;

    /// <summary>Returns whether a request is fresh, repeated or refused.</summary>
    public Freshness Judge(RequestMark mark)
    {
        if (Find(mark) is { } known) return known;
        if (mark.Timestamp <= Floor) return Freshness.Refused;
        return Count >= MaxAtOnce && At(0).Timestamp == mark.Timestamp && At(Count - 1).Timestamp == mark.Timestamp
            ? Freshness.TooManyAtOnce
            : Freshness.Fresh;
    }

    /// <summary>
    /// Judges a request that is remembered individually. Returns null for any other request, even if its timestamp is below the floor.
    /// </summary>
    public Freshness? Find(RequestMark mark)
    {
        for (var i = Count - 1; i >= 0; i--)
        {
            var seen = At(i);
            if (seen.Nonce != mark.Nonce || seen.Timestamp != mark.Timestamp) continue;
            return seen.Signature == mark.Signature ? Freshness.Repeated : Freshness.Refused;
        }

        return null;
    }

    /// <summary>Returns this memory with one more request.</summary>
    public ReplayMemory With(RequestMark mark)
    {
        var at = Count;
        while (at > 0 && At(at - 1).Timestamp > mark.Timestamp) at--;

        // Remove the oldest requests. Requests with the newest timestamp are kept, because more requests with that timestamp can still
        // arrive.
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
