namespace Audrey.Protocol.Authentication;

/// <summary>The target of a request to be signed.</summary>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Host">The value of the Host header: the host, and the port unless it is the default port of the scheme.</param>
/// <param name="Path">The path, escaped as it will be sent.</param>
/// <param name="Query">The query without <c>?</c>, escaped as it will be sent. Empty if there is none.</param>
public readonly record struct OAuthTarget(string Scheme, string Host, string Path, string Query = "")
{
    /// <summary>Returns the target of an absolute URI.</summary>
    /// <exception cref="InvalidOperationException">The URI is relative.</exception>
    public static OAuthTarget FromUri(Uri uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return new OAuthTarget(uri.Scheme, uri.Authority, uri.AbsolutePath, uri.Query.TrimStart('?'));
    }
}
