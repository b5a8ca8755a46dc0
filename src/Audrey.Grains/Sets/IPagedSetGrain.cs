using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Audrey.Grains.Sets;

/// <summary>
/// A durable set of ids in pages of at most <see cref="PagedSetGrain.PageSize"/>, so that neither a row nor a grain grows with the set.
/// Callers call page 0, which forwards the calls. Concurrent additions share a write.
/// </summary>
[Alias("audrey.IPagedSetGrain")]
public interface IPagedSetGrain : IGrainWithStringKey
{
    /// <summary>
    /// Adds an id. The id is durable when this method returns. An id that was added twice may be on two pages. Readers must tolerate
    /// duplicates.
    /// </summary>
    /// <returns>The id's page.</returns>
    [AlwaysInterleave, Alias("Add")]
    Task<int> Add(string id);

    /// <summary>Adds several ids, with the same guarantees as <see cref="Add"/>, in one write for each page.</summary>
    /// <returns>The page of each id.</returns>
    [AlwaysInterleave, Alias("AddMany")]
    Task<ImmutableArray<int>> AddMany(ImmutableArray<string> ids);

    /// <summary>Adds as many of the ids to this page as fit.</summary>
    /// <returns>How many of the ids, counted from the first, are on this page now.</returns>
    [AlwaysInterleave, Alias("TryAddMany")]
    Task<int> TryAddMany(ImmutableArray<string> ids);

    /// <summary>Adds an id to this page, or returns that the page is full.</summary>
    [AlwaysInterleave, Alias("TryAdd")]
    Task<bool> TryAdd(string id);

    /// <summary>Removes an id from every page.</summary>
    [AlwaysInterleave, Alias("Remove")]
    Task Remove(string id);

    /// <summary>Returns the ids of one page, and the number of pages.</summary>
    [AlwaysInterleave, Alias("Read")]
    ValueTask<SetPage> Read(int page, CancellationToken cancellationToken = default);

    /// <summary>Deletes the whole set.</summary>
    [AlwaysInterleave, Alias("Clear")]
    Task Clear();
}

/// <summary>A page of a set.</summary>
[GenerateSerializer, Immutable, Alias("audrey.SetPage")]
public sealed record SetPage([property: Id(0)] ImmutableArray<string> Ids, [property: Id(1)] int Pages);
