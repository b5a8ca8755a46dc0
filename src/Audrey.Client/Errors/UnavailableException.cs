namespace Audrey.Client;

/// <summary>
/// The cluster could not be reached, or did not answer, within the deadline. Whether the operation was carried out is not known;
/// every operation may be repeated. The inner exception is what failed last.
/// </summary>
public sealed class UnavailableException : AudreyException
{
    internal UnavailableException(string message, TimeSpan deadline, Exception? innerException)
        : base(message, innerException) =>
        Deadline = deadline;

    /// <summary>How long was tried.</summary>
    public TimeSpan Deadline { get; }
}
