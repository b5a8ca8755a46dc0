using System.Collections.Immutable;
using Orleans;

namespace Audrey.Core.Events;

/// <summary>
/// The notes of an instance's events. The instance's row keeps a note until the deployable's log has the event. So if a guest's report
/// causes an event and is acknowledged, the event reaches the log even after a crash. There are usually no notes, because the next write of
/// the row leaves out the notes that the log has.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.Milestones")]
public sealed record Milestones
{
    /// <summary>Maximum number of waiting notes. Above this number, the oldest notes are only counted.</summary>
    public const int Capacity = 32;

    /// <summary>No notes.</summary>
    public static Milestones None { get; } = new();

    /// <summary>The sequence number of the newest note. Later registrations continue the numbering.</summary>
    [Id(0)] public long Last { get; init; }

    /// <summary>Whether it was noted in this generation that all values were provided.</summary>
    [Id(1)] public bool Given { get; init; }

    /// <summary>The newest generation whose registration is known to be in the log.</summary>
    [Id(2)] public long Announced { get; init; }

    /// <summary>The notes that may be missing from the log, oldest first.</summary>
    [Id(3)] public ImmutableArray<EventNote> Recent { get; init; } = [];

    /// <summary>Returns the milestones with one more note, which receives the next sequence number.</summary>
    public Milestones With(EventNote note)
    {
        note = note with { Sequence = Last + 1 };
        if (Recent.Length < Capacity) return this with { Last = note.Sequence, Recent = Recent.Add(note) };

        // The log has been unreachable for a long time. Replace the two oldest notes with one note that only counts them.
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

    /// <summary>Returns the milestones in which the note of the end of this run, if there is one, has the run's output.</summary>
    /// <param name="generation">The generation of the instance.</param>
    /// <param name="service">The service.</param>
    /// <param name="run">The number of the run.</param>
    /// <param name="output">The end of the output.</param>
    public Milestones WithOutput(long generation, string service, long run, string output)
    {
        for (var i = Recent.Length - 1; i >= 0; i--)
        {
            var note = Recent[i];
            if (note.IsEndOfRun && note.Service == service && note.Run == run && note.Generation == generation)
                return this with { Recent = Recent.SetItem(i, note with { Output = output }) };
        }

        return this;
    }

    /// <summary>Returns the milestones without the notes that the log has.</summary>
    /// <param name="acknowledged">The newest sequence number that the log has.</param>
    /// <param name="announced">The newest generation whose registration the log has.</param>
    public Milestones Without(long acknowledged, long announced)
    {
        var left = Recent;
        if (!left.IsEmpty && left[0].Sequence <= acknowledged) left = left.RemoveAll(note => note.Sequence <= acknowledged);
        return left == Recent && announced <= Announced ? this : this with { Recent = left, Announced = Math.Max(announced, Announced) };
    }

    /// <summary>Returns the milestones at the start of the next generation.</summary>
    public Milestones NextGeneration() => Given ? this with { Given = false } : this;
}
