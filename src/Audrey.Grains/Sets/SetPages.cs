using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Audrey.Grains.Sets;

/// <summary>Reads sets as a whole.</summary>
internal static class SetPages
{
    /// <summary>Returns the pages of a set one after another. Pages that are added in the meantime are returned as well.</summary>
    public static async IAsyncEnumerable<ImmutableArray<string>> Pages(
        this IPagedSetGrain set, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var (page, pages) = (0, 1); page < pages; page++)
        {
            var read = await set.Read(page, cancellationToken);
            pages = read.Pages;
            yield return read.Ids;
        }
    }
}
