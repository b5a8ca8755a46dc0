using System.Globalization;
using Audrey.Core.Ids;

namespace Audrey.Grains.Recovery;

/// <summary>Finds the parts of the list of unfinished work.</summary>
internal static class UnfinishedWork
{
    /// <summary>
    /// The key of the only list of version 0.1.0. No entries are added to this list any more, but its old entries are resumed.
    /// </summary>
    public const string OldKey = "x:deletions";

    /// <summary>The number of parts. The number is fixed, so a deployable is always listed in the same part.</summary>
    private const int Parts = 16;

    /// <summary>The keys of all parts.</summary>
    public static IEnumerable<string> Keys => [OldKey, .. Enumerable.Range(0, Parts).Select(KeyOf)];

    /// <summary>Returns the key of the part that lists a deployable.</summary>
    public static string KeyOf(DeployableId deployable)
    {
        var hash = 0u;
        foreach (var character in deployable.Value) hash = (hash * 31) + character;
        return KeyOf((int)(hash % Parts));
    }

    /// <summary>Returns the part that lists a deployable.</summary>
    public static IUnfinishedWorkGrain UnfinishedWorkOf(this IGrainFactory grains, DeployableId deployable) =>
        grains.GetGrain<IUnfinishedWorkGrain>(KeyOf(deployable));

    private static string KeyOf(int part) => string.Create(CultureInfo.InvariantCulture, $"{OldKey}:{part}");
}
