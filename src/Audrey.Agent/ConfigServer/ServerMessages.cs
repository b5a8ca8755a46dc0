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
    /// How long the server was asked to wait before it answers. The maximum time of the request increases by this duration.
    /// </summary>
    public TimeSpan Wait { get; init; }

    /// <summary>How long the request may take and how large its answer may be. Null for the usual limits.</summary>
    public (TimeSpan MaxTime, int MaxBytes)? Limits { get; init; }
}

/// <summary>A complete answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body.</param>
/// <param name="RetryAfter">How long the server asked the guest to wait. Null if the server did not ask.</param>
/// <param name="NextCall">How long the guest should wait before the next call. Null if the server does not specify it.</param>
internal sealed record ServerAnswer(int Status, byte[] Body, TimeSpan? RetryAfter, TimeSpan? NextCall = null);
