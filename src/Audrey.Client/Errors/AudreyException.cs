namespace Audrey.Client;

/// <summary>An operation of <see cref="IAudreyClient"/> failed. The message describes the cause and, if possible, the remedy.</summary>
public class AudreyException : Exception
{
    /// <summary>Creates the exception, for example in a fake of <see cref="IAudreyClient"/>.</summary>
    public AudreyException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
