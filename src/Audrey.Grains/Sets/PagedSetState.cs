using System.Collections.Immutable;

namespace Audrey.Grains.Sets;

/// <summary>One page of a set of ids.</summary>
[GenerateSerializer, Immutable, Alias("audrey.PagedSetState")]
public sealed record PagedSetState
{
    /// <summary>The page's ids, in the order they came.</summary>
    [Id(0)] public ImmutableArray<string> Ids { get; init; } = [];

    /// <summary>Pages there are beyond this one; counted on page 0 only.</summary>
    [Id(1)] public int FurtherPages { get; init; }
}
