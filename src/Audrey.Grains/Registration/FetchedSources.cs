using System.Collections.Immutable;

namespace Audrey.Grains.Registration;

/// <summary>The contents that were fetched from the URLs of a registration.</summary>
/// <param name="Contents">The contents by URL. The contents are complete only if there are no problems.</param>
/// <param name="Failures">
/// The sentence for each URL that could not be fetched, in the order of the URLs. A sentence never quotes contents.
/// </param>
internal sealed record FetchedSources(IReadOnlyDictionary<string, byte[]> Contents, OrderedDictionary<string, string> Failures)
{
    /// <summary>The result if there was nothing to fetch.</summary>
    public static FetchedSources None { get; } = new(ImmutableDictionary<string, byte[]>.Empty, []);

    /// <summary>The sentences about the URLs that could not be fetched.</summary>
    public ImmutableArray<string> Problems => [.. Failures.Values];
}
