namespace Audrey.Protocol.Authentication;

/// <summary>The parts of an HTTP request that a signature covers, as they were on the wire.</summary>
public readonly ref struct OAuthMessage
{
    /// <summary>The HTTP method, which is signed in upper case.</summary>
    public required ReadOnlySpan<char> Method { get; init; }

    /// <summary><c>http</c> or <c>https</c>, as the client sees the scheme. The scheme is signed in lower case.</summary>
    public required ReadOnlySpan<char> Scheme { get; init; }

    /// <summary>
    /// The value of the Host header, with its port if the header has one. The host is signed in lower case and without a default port.
    /// </summary>
    public required ReadOnlySpan<char> Host { get; init; }

    /// <summary>The path with its percent-escapes unchanged, without the query. Empty means <c>/</c>.</summary>
    public required ReadOnlySpan<char> Path { get; init; }

    /// <summary>The escaped query. A leading <c>?</c> is ignored.</summary>
    public ReadOnlySpan<char> Query { get; init; }

    /// <summary>The value of the Authorization header. Empty if there is none. Schemes other than OAuth are ignored.</summary>
    public ReadOnlySpan<char> Authorization { get; init; }

    /// <summary>The body if its content type is <c>application/x-www-form-urlencoded</c>, otherwise empty.</summary>
    public ReadOnlySpan<byte> Form { get; init; }

    /// <summary>
    /// Whether there is a body of another type, which is not read yet. The caller must then compare its hash with
    /// <see cref="OAuthRequest.BodyHash"/>.
    /// </summary>
    public bool HasOtherBody { get; init; }
}
