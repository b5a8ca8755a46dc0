using Audrey.Storage.Protection;
using Orleans.Serialization;
using Orleans.Storage;

namespace Audrey.Storage.GroupCommit;

/// <summary>
/// Writes states in the same format as Orleans' own <see cref="OrleansGrainStorageSerializer"/>, into one array of their size: that one's
/// growing buffer costs several times the state. The rows of states that hold secrets it encrypts; it reads plain and encrypted ones, so what
/// was written before there were keys is encrypted by its next write.
/// </summary>
internal sealed class RowSerializer(Serializer serializer, IRowProtection? protection = null) : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input)
    {
        var row = serializer.SerializeToArray(input);
        return new(protection is not null && input is not null && protection.Covers(input) ? ProtectedRow.Protect(row, protection) : row);
    }

    public T Deserialize<T>(BinaryData input)
    {
        var row = input.ToMemory();
        if (ProtectedRow.Is(row.Span)) row = ProtectedRow.Unprotect(row.Span, protection);
        return serializer.Deserialize<T>(row)!;
    }
}
