using Orleans;

namespace Audrey.Abstractions;

/// <summary>A write was not made durable, so nothing was acknowledged. The same call can be made again later.</summary>
[GenerateSerializer, Alias("audrey.NotDurableException")]
public sealed class NotDurableException : Exception
{
    /// <summary>Creates an exception without a message or a cause.</summary>
    public NotDurableException()
    {
    }

    /// <summary>Creates an exception with a message that callers are allowed to see.</summary>
    public NotDurableException(string message)
        : base(message)
    {
    }

    /// <summary>
    /// Creates an exception with a message that callers are allowed to see, and with the error of the storage as its cause.
    /// </summary>
    public NotDurableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
