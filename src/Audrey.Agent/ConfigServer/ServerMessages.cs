using System.Net.Http.Headers;

namespace Audrey.Agent.ConfigServer;

/// <summary>A request to the config server.</summary>
/// <param name="Method">The method.</param>
/// <param name="Uri">The absolute address.</param>
internal sealed record ServerRequest(HttpMethod Method, Uri Uri)
{
    public string Accept { get; init; } = "*/*";

    /// <summary>The header Authorization. Null to omit the header.</summary>
    public AuthenticationHeaderValue? Authorization { get; init; }

    /// <summary>The configuration revision for the header If-None-Match. Null to omit the header.</summary>
    public string? KnownRevision { get; init; }

    public byte[]? Body { get; init; }

    public string? ContentType { get; init; }

    /// <summary>
    /// The wait that the guest requested from the server before the answer. The time limit of the request increases by this duration.
    /// </summary>
    public TimeSpan Wait { get; init; }

    /// <summary>The limits for the time of the request and the size of its answer. Null for the usual limits.</summary>
    public (TimeSpan MaxTime, int MaxBytes)? Limits { get; init; }
}

/// <summary>A complete answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body.</param>
/// <param name="RetryAfter">The wait that the server requested from the guest. Null if the server did not request a wait.</param>
/// <param name="NextCall">The time that the guest should wait before the next call. Null if the server does not specify a time.</param>
internal sealed record ServerAnswer(int Status, byte[] Body, TimeSpan? RetryAfter, TimeSpan? NextCall = null)
{
    /// <summary>Whether the server has a new secret for this instance.</summary>
    public bool HasNewSecret { get; init; }
}
