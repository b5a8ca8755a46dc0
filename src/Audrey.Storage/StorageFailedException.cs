namespace Audrey.Storage;

/// <summary>
/// A read or write failed, for example because the disk is full, the database cannot be reached, or the database refuses the row.
/// The message names the database and the cause. The caller's state and ETag are unchanged.
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
