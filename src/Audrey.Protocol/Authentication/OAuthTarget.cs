namespace Audrey.Protocol.Authentication;

/// <summary>Where a request to be signed goes.</summary>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Host">What the Host header will hold: the host and, if it is not the scheme's own, the port.</param>
/// <param name="Path">The path, escaped as it will be sent.</param>
/// <param name="Query">The query without <c>?</c>, escaped as it will be sent; empty if there is none.</param>
public readonly record struct OAuthTarget(string Scheme, string Host, string Path, string Query = "")
{
    /// <summary>The target of an absolute URI.</summary>
    /// <exception cref="InvalidOperationException">The URI is relative.</exception>
    public static OAuthTarget Of(Uri uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return new OAuthTarget(uri.Scheme, uri.Authority, uri.AbsolutePath, uri.Query.TrimStart('?'));
    }
}
