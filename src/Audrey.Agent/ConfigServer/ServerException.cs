namespace Audrey.Agent.ConfigServer;

/// <summary>The server could not be reached, or its answer cannot be used. The request is tried again later.</summary>
internal class ServerException : Exception
{
    public ServerException(string message, TimeSpan? retryAfter = null)
        : base(message) => RetryAfter = retryAfter;

    public ServerException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>The wait that the server requested from the guest. Null if the server did not request a wait.</summary>
    public TimeSpan? RetryAfter { get; }
}

/// <summary>
/// The instance was registered again. The server accepts nothing under the earlier registration, and the guest starts from the beginning.
/// </summary>
internal sealed class ReregisteredException(string request) : ServerException($"{request}: this instance was registered again");

/// <summary>
/// The server already has a later run of a service, or a different report of this run's end. The guest has lost its count of runs.
/// </summary>
internal sealed class RunNumberTakenException(string request, long lastRun)
    : ServerException($"{request}: the server already knows run {lastRun}")
{
    /// <summary>The number of the last run that the server knows.</summary>
    public long LastRun { get; } = lastRun;
}
