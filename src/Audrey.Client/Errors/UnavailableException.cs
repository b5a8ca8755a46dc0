namespace Audrey.Client;

/// <summary>
/// The cluster could not be reached, or did not answer, within the deadline. It is not known whether the operation was carried out. Every
/// operation can safely be repeated. The inner exception is the last failure.
/// </summary>
public sealed class UnavailableException : AudreyException
{
    /// <summary>Creates the exception, for example in a fake of <see cref="IAudreyClient"/>.</summary>
    public UnavailableException(string message, TimeSpan deadline, Exception? innerException)
        : base(message, innerException) =>
        Deadline = deadline;

    /// <summary>Gets the deadline.</summary>
    public TimeSpan Deadline { get; }
}
