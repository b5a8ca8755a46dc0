namespace Audrey.Client;

/// <summary>An operation of <see cref="AudreyClient"/> did not succeed. The message says why, and what to do where that is known.</summary>
public class AudreyException : Exception
{
    internal AudreyException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
