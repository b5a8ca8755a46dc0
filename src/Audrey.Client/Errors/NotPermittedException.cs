namespace Audrey.Client;

/// <summary>
/// The role of the credential does not permit the operation. The message names the role that permits it. Nothing was done.
/// </summary>
public sealed class NotPermittedException : AudreyException
{
    /// <summary>Creates the exception, for example in a fake of <see cref="IAudreyClient"/>.</summary>
    public NotPermittedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
