namespace Audrey.Storage;

/// <summary>
/// A read or write was not carried out: the disk is full, the database cannot be reached, the row is not acceptable.
/// The message names the database and the cause. The caller's state and ETag are as they were before the call.
/// </summary>
[GenerateSerializer]
[Alias("Audrey.Storage.StorageFailedException")]
public sealed class StorageFailedException : Exception
{
    public StorageFailedException()
    {
    }

    public StorageFailedException(string message)
        : base(message)
    {
    }

    public StorageFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
