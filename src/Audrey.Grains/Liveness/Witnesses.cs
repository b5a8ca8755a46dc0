using System.Collections.Immutable;
using Orleans.Runtime;

namespace Audrey.Grains.Liveness;

/// <summary>The silos that a silo asks whether it is held for alive, and the number of them that must confirm it.</summary>
/// <param name="Silos">The silos to ask.</param>
/// <param name="Needed">The number of silos that must confirm. The others are too few to declare the asking silo dead.</param>
internal sealed record Witnesses(ImmutableArray<SiloAddress> Silos, int Needed)
{
    /// <summary>The maximum number of silos to ask, so that the calls of a cluster grow only with the number of its silos.</summary>
    public const int Max = 3;

    /// <summary>Chooses the witnesses of a silo: the silos that follow it in the order of their addresses.</summary>
    /// <param name="self">The silo that asks.</param>
    /// <param name="active">The active silos, with or without <paramref name="self"/>.</param>
    /// <param name="votes">The number of silos that must suspect a silo of a large cluster before it is declared dead.</param>
    public static Witnesses Of(SiloAddress self, IEnumerable<SiloAddress> active, int votes)
    {
        SiloAddress[] others = [.. active.Where(silo => !silo.Equals(self)).Order()];
        var after = others.Count(silo => silo.CompareTo(self) < 0);
        var asked = Math.Min(Max, others.Length);

        // Orleans accepts the votes of half of the silos that nobody suspects, if that is fewer than the configured number.
        var deadly = Math.Max(1, Math.Min(votes, (others.Length + 1) / 2));
        return new(
            [.. Enumerable.Range(after, asked).Select(index => others[index % others.Length])],
            asked == 0 ? 0 : Math.Max(1, asked - deadly + 1));
    }
}
