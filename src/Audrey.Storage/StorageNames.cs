namespace Audrey.Storage;

/// <summary>The names of the grain storage providers that <c>AddAudreyStorage</c> registers.</summary>
public static class StorageNames
{
    /// <summary>States written often: group commit by default, the stock ADO.NET storage when it is selected.</summary>
    public const string Hot = "hot";

    /// <summary>States written rarely: always the stock ADO.NET storage, on the same table.</summary>
    public const string Rare = "rare";
}
