using Orleans;

namespace Audrey.Core.Replay;

/// <summary>
/// The PUTs of a guest that were carried out under one secret. They are stored in the row that they changed, so a captured PUT changes
/// nothing, even after a restart. A guest's clock can be wrong in either direction, so a PUT is judged by its nonce. If there are more than
/// <see cref="Capacity"/>, the oldest is forgotten, and its timestamp becomes the floor.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.PutMemory")]
public sealed record PutMemory
{
    /// <summary>Maximum number of PUTs that are remembered individually, whatever their timestamps are.</summary>
    public const int Capacity = 1024;

    /// <summary>An empty memory.</summary>
    public static PutMemory Empty { get; } = new();

    /// <summary>
    /// The newest timestamp that was forgotten. For a PUT that is not remembered and is not newer, it is not known whether it was carried
    /// out.
    /// </summary>
    [Id(0)] public long Floor { get; init; } = long.MinValue;

    /// <summary>The number of remembered PUTs.</summary>
    [Id(1)] public int Count { get; init; }

    /// <summary>The remembered PUTs, oldest timestamp first, in the form of <see cref="RequestMarks"/>.</summary>
    [Id(2)] public byte[] Marks { get; init; } = [];

    /// <summary>Creates the memory from one of an older version.</summary>
    public static PutMemory From(ReplayMemory older)
    {
        ArgumentNullException.ThrowIfNull(older);
        return new() { Floor = older.Floor, Count = older.Count, Marks = RequestMarks.Write(older.All) };
    }

    /// <summary>Returns whether a PUT is fresh, repeated, to be refused, or unclear.</summary>
    public Freshness Judge(RequestMark mark)
    {
        var reader = new RequestMarks.Reader(Marks);
        while (reader.Read() && reader.Mark.Timestamp <= mark.Timestamp)
        {
            if (reader.Mark.Timestamp != mark.Timestamp || reader.Mark.Nonce != (uint)mark.Nonce) continue;
            return reader.Mark.Signature == mark.Signature ? Freshness.Repeated : Freshness.Refused;
        }

        return mark.Timestamp > Floor ? Freshness.Fresh : Freshness.Unclear;
    }

    /// <summary>Returns this memory with one more PUT.</summary>
    public PutMemory With(RequestMark mark)
    {
        var marks = RequestMarks.Insert(Marks, mark);
        if (Count < Capacity) return this with { Count = Count + 1, Marks = marks };
        var oldest = new RequestMarks.Reader(marks);
        oldest.Read();
        return this with { Floor = Math.Max(Floor, oldest.Mark.Timestamp), Marks = RequestMarks.RemoveFirst(marks) };
    }
}
