using Orleans.Serialization;
using Orleans.Storage;

namespace Audrey.Storage.Protection;

/// <summary>
/// Serializes states in the format of Orleans' <see cref="OrleansGrainStorageSerializer"/>, but into one array of the exact size. The
/// growing buffer of that class takes several times the size of the state. Encrypts the rows of states that hold secrets. Reads plain and
/// encrypted rows. A row that was written before there were keys is encrypted by its next write.
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
        if (ProtectedRow.IsProtected(row.Span)) row = ProtectedRow.Unprotect(row.Span, protection);
        return serializer.Deserialize<T>(row)!;
    }
}
