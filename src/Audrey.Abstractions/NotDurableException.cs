using Orleans;

namespace Audrey.Abstractions;

/// <summary>A write was not made durable, so nothing was acknowledged. The same call may be made again later.</summary>
[GenerateSerializer, Alias("audrey.NotDurableException")]
public sealed class NotDurableException : Exception
{
    /// <summary>Without a cause.</summary>
    public NotDurableException()
    {
    }

    /// <summary>With what a caller may be told.</summary>
    public NotDurableException(string message)
        : base(message)
    {
    }

    /// <summary>With what a caller may be told, and the storage's own error.</summary>
    public NotDurableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
