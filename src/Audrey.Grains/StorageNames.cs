namespace Audrey.Grains;

/// <summary>The names of the grain storages that the grains use. A program that composes a silo registers all of them.</summary>
public static class StorageNames
{
    /// <summary>The storage for rows that guests write or that grow with a deployable.</summary>
    public const string Hot = "hot";

    /// <summary>The storage for rows that are seldom written.</summary>
    public const string Rare = "rare";

    /// <summary>
    /// The storage that reads the rows of <see cref="Hot"/> without an activation. Its concurrent reads share queries, and their number is
    /// limited.
    /// </summary>
    public const string HotReads = Hot + ".reads";
}
