using System.Collections.Immutable;

namespace Audrey.Grains.Sets;

/// <summary>One page of a set of ids.</summary>
[GenerateSerializer, Immutable, Alias("audrey.PagedSetState")]
public sealed record PagedSetState
{
    /// <summary>The page's ids, in the order in which they were added.</summary>
    [Id(0)] public ImmutableArray<string> Ids { get; init; } = [];

    /// <summary>The number of further pages. Further pages are counted only on page 0.</summary>
    [Id(1)] public int FurtherPages { get; init; }
}
