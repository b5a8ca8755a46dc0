namespace Audrey.Grains;

/// <summary>Names of the grain storages that the grains ask for. Whoever composes a silo registers both.</summary>
public static class StorageNames
{
    /// <summary>For what guests write and what grows with a deployable.</summary>
    public const string Hot = "hot";

    /// <summary>For what is written seldom.</summary>
    public const string Rare = "rare";
}
