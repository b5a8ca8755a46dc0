using System.Collections.Immutable;

namespace Audrey.Grains.Registration;

/// <summary>What the URLs of a registration gave.</summary>
/// <param name="Contents">The contents by URL; complete only when there is no problem.</param>
/// <param name="Problems">A sentence for each URL that could not be fetched, naming it; never with contents.</param>
internal sealed record FetchedSources(IReadOnlyDictionary<string, byte[]> Contents, ImmutableArray<string> Problems)
{
    /// <summary>Nothing to fetch.</summary>
    public static FetchedSources None { get; } = new(ImmutableDictionary<string, byte[]>.Empty, []);
}
