using Orleans.Serialization;
using Orleans.Storage;

namespace Audrey.Storage.GroupCommit;

/// <summary>
/// Writes states in the same format as Orleans' own <see cref="OrleansGrainStorageSerializer"/>, into one array of their size: that one's
/// growing buffer costs several times the state.
/// </summary>
internal sealed class RowSerializer(Serializer serializer) : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) => new(serializer.SerializeToArray(input));

    public T Deserialize<T>(BinaryData input) => serializer.Deserialize<T>(input.ToMemory())!;
}
