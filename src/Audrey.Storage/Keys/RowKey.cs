namespace Audrey.Storage.Keys;

/// <summary>What identifies a row of <c>OrleansStorage</c>: the columns of the stock ADO.NET storage.</summary>
internal sealed record RowKey(
    int GrainIdHash,
    long GrainIdN0,
    long GrainIdN1,
    int GrainTypeHash,
    string GrainTypeString,
    string? GrainIdExtensionString,
    string ServiceId);
