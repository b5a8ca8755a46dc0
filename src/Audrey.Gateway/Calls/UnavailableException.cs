namespace Audrey.Gateway.Calls;

/// <summary>The request cannot be carried out for now: 503 with Retry-After. Whether it has been is unknown.</summary>
internal sealed class UnavailableException(string message, Exception? cause = null) : Exception(message, cause);
