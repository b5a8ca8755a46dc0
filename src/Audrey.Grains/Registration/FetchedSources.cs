using System.Collections.Immutable;

namespace Audrey.Grains.Registration;

/// <summary>The contents that were fetched from the URLs of a registration.</summary>
/// <param name="Contents">The contents by URL. They are complete only if there are no problems.</param>
/// <param name="Problems">One sentence for each URL that could not be fetched. It names the URL and never quotes contents.</param>
internal sealed record FetchedSources(IReadOnlyDictionary<string, byte[]> Contents, ImmutableArray<string> Problems)
{
    /// <summary>The result if there was nothing to fetch.</summary>
    public static FetchedSources None { get; } = new(ImmutableDictionary<string, byte[]>.Empty, []);
}
