namespace Audrey.Gateway.Calls;

/// <summary>
/// Thrown when a request cannot be carried out at the moment. The response is 503 with <c>Retry-After</c>. It is unknown whether the
/// request was carried out.
/// </summary>
internal sealed class ClusterUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
