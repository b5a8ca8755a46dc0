namespace Audrey.Storage;

/// <summary>
/// The write was not accepted, and nothing of it was done: the queue of writes is full, or the storage is stopping.
/// The caller may try again a little later.
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
