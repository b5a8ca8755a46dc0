using System.Collections.Immutable;
using Orleans;

namespace Audrey.Core.Events;

/// <summary>
/// What an instance keeps of its own events in its row until its deployable's log has them, so that what was acknowledged to a guest is
/// told whatever crashes. As a rule empty: the row's next write leaves out what the log has.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.Milestones")]
public sealed record Milestones
{
    /// <summary>How many notes may wait. Beyond that the oldest are only counted.</summary>
    public const int Capacity = 32;

    /// <summary>Nothing noted yet.</summary>
    public static Milestones None { get; } = new();

    /// <summary>The sequence of the newest note; outlives registrations.</summary>
    [Id(0)] public long Last { get; init; }

    /// <summary>Whether this generation has a note that all its values are given.</summary>
    [Id(1)] public bool Given { get; init; }

    /// <summary>The newest generation whose registration the log is known to have.</summary>
    [Id(2)] public long Announced { get; init; }

    /// <summary>The notes that the log may not have, oldest first.</summary>
    [Id(3)] public ImmutableArray<EventNote> Recent { get; init; } = [];

    /// <summary>With one more note, which gets the next sequence.</summary>
    public Milestones With(EventNote note)
    {
        note = note with { Sequence = Last + 1 };
        if (Recent.Length < Capacity) return this with { Last = note.Sequence, Recent = Recent.Add(note) };

        // The log has been out of reach for long. The two oldest notes become one that only counts them.
        var (first, second) = (Recent[0], Recent[1]);
        var missed = new EventNote
        {
            Sequence = second.Sequence,
            Kind = EventKind.Missed,
            At = second.At,
            Generation = second.Generation,
            Count = Missed(first) + Missed(second),
        };
        return this with { Last = note.Sequence, Recent = [missed, .. Recent[2..], note] };

        static int Missed(EventNote note) => note.Kind == EventKind.Missed ? note.Count ?? 1 : 1;
    }

    /// <summary>Returns the milestones without what the log has.</summary>
    /// <param name="acknowledged">The newest sequence that it has.</param>
    /// <param name="announced">The newest generation whose registration it has.</param>
    public Milestones Without(long acknowledged, long announced)
    {
        var left = Recent;
        if (!left.IsEmpty && left[0].Sequence <= acknowledged) left = left.RemoveAll(note => note.Sequence <= acknowledged);
        return left == Recent && announced <= Announced ? this : this with { Recent = left, Announced = Math.Max(announced, Announced) };
    }

    /// <summary>Returns the milestones with which the next generation begins.</summary>
    public Milestones NextGeneration() => Given ? this with { Given = false } : this;
}
