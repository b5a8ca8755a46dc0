using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Audrey.Grains.Sets;

/// <summary>
/// A durable set of ids in pages of at most <see cref="PagedSetGrain.PageSize"/>, so that neither a row nor a grain grows with it.
/// The set is called at page 0, which sends calls on. Additions that come together share a write.
/// </summary>
[Alias("audrey.IPagedSetGrain")]
public interface IPagedSetGrain : IGrainWithStringKey
{
    /// <summary>Adds an id; durable when it returns. Adding one twice may keep it on two pages, which readers must not mind.</summary>
    /// <returns>The page that it is on.</returns>
    [AlwaysInterleave, Alias("Add")]
    Task<int> Add(string id);

    /// <summary>Adds ids as <see cref="Add"/> does each, in one write for each page that they come to.</summary>
    /// <returns>The page that each is on.</returns>
    [AlwaysInterleave, Alias("AddMany")]
    Task<ImmutableArray<int>> AddMany(ImmutableArray<string> ids);

    /// <summary>Adds as many of the ids to this page as fit.</summary>
    /// <returns>How many, from the first on, are on it.</returns>
    [AlwaysInterleave, Alias("TryAddMany")]
    Task<int> TryAddMany(ImmutableArray<string> ids);

    /// <summary>Adds an id to this page, or says that the page is full.</summary>
    [AlwaysInterleave, Alias("TryAdd")]
    Task<bool> TryAdd(string id);

    /// <summary>Removes an id from every page.</summary>
    [AlwaysInterleave, Alias("Remove")]
    Task Remove(string id);

    /// <summary>The ids of one page, and how many pages there are.</summary>
    [AlwaysInterleave, Alias("Read")]
    ValueTask<SetPage> Read(int page, CancellationToken cancellationToken = default);

    /// <summary>Deletes the whole set.</summary>
    [AlwaysInterleave, Alias("Clear")]
    Task Clear();
}

/// <summary>One page of a set.</summary>
[GenerateSerializer, Immutable, Alias("audrey.SetPage")]
public sealed record SetPage([property: Id(0)] ImmutableArray<string> Ids, [property: Id(1)] int Pages);
