namespace Audrey.Agent.PhoneHome;

/// <summary>The server could not be asked, or gave an answer that is of no use: to be tried again later.</summary>
internal class ServerTroubleException : Exception
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

/// <summary>The instance was registered anew: what is told under the earlier registration is not taken, and everything begins from the start.</summary>
internal sealed class RegisteredAnewException(string request) : ServerTroubleException($"{request}: this instance was registered anew");

/// <summary>The server knows of a later run of a service, or of another end of this one: this instance has lost its count.</summary>
internal sealed class RunTakenException(string request, long last) : ServerTroubleException($"{request}: the server knows of run {last}")
{
    /// <summary>The last run that the server knows of.</summary>
    public long Last { get; } = last;
}
