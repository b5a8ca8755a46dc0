namespace Audrey.Storage.Keys;

/// <summary>The key of a row in <c>OrleansStorage</c>, with the key columns of the stock ADO.NET storage.</summary>
internal sealed record RowKey(
    int GrainIdHash,
    long GrainIdN0,
    long GrainIdN1,
    int GrainTypeHash,
    string GrainTypeString,
    string? GrainIdExtensionString,
    string ServiceId);
