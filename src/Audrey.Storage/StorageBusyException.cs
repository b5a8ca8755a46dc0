namespace Audrey.Storage;

/// <summary>
/// The write was refused and had no effect, because the write queue is full or the storage is stopping. The caller can retry a little
/// later.
/// </summary>
[GenerateSerializer]
[Alias("Audrey.Storage.StorageBusyException")]
public sealed class StorageBusyException : Exception
{
    public StorageBusyException()
    {
    }

    public StorageBusyException(string message)
        : base(message)
    {
    }

    public StorageBusyException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
