namespace Audrey.Grains;

/// <summary>The names of the grain storages that the grains use. A program that composes a silo registers both.</summary>
public static class StorageNames
{
    /// <summary>The storage for rows that guests write or that grow with a deployable.</summary>
    public const string Hot = "hot";

    /// <summary>The storage for rows that are seldom written.</summary>
    public const string Rare = "rare";
}
