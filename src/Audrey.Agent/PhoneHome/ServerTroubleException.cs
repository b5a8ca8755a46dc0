namespace Audrey.Agent.PhoneHome;

/// <summary>The server could not be asked, or gave an answer that is of no use: to be tried again later.</summary>
internal sealed class ServerTroubleException : Exception
{
    public ServerTroubleException(string message, TimeSpan? retryAfter = null)
        : base(message) => RetryAfter = retryAfter;

    public ServerTroubleException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>How long the server asked to be left alone; null if it did not say.</summary>
    public TimeSpan? RetryAfter { get; }
}
