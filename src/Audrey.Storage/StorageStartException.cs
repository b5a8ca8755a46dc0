namespace Audrey.Storage;

/// <summary>The storage cannot start. The message names the file or the database, the cause and the remedy.</summary>
public sealed class StorageStartException : Exception
{
    public StorageStartException()
    {
    }

    public StorageStartException(string message)
        : base(message)
    {
    }

    public StorageStartException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
