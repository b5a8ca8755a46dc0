using System.Diagnostics.CodeAnalysis;
using Audrey.Core.Replay;
using Audrey.Protocol.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Audrey.Gateway.Authentication;

/// <summary>Reads the signature of an HTTP request. The request is read exactly as it was sent.</summary>
internal static class SignedRequest
{
    /// <summary>Parses the signature. The caller disposes of the result.</summary>
    /// <param name="http">The request.</param>
    /// <param name="form">The body if the body is a form. Otherwise empty.</param>
    /// <param name="request">The signature, which is not verified yet.</param>
    /// <param name="hasOtherBody">Whether the body is of another type; see <see cref="OAuthMessage.HasOtherBody"/>.</param>
    public static bool TryParse(
        HttpContext http, ReadOnlySpan<byte> form, [NotNullWhen(true)] out OAuthRequest? request, bool hasOtherBody = false) =>
        OAuthRequest.TryParse(MessageOf(http, form, hasOtherBody), out request, out _);

    /// <summary>
    /// Reads the key of the credential in the header or the query, before the body is read. Returns false if there is a credential that
    /// cannot be verified, whatever the body contains.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="key">The key. Null if the credential can only be in the form.</param>
    public static bool TryReadKey(HttpContext http, out string? key) =>
        OAuthRequest.TryReadKey(MessageOf(http, [], hasOtherBody: true), out key, out var failure) || failure == OAuthFailure.NoCredential;

    /// <summary>Returns the query as it was signed.</summary>
    public static string QueryOf(HttpContext http) =>
        Split(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget).Query.ToString();

    /// <summary>Returns the mark by which the replay window remembers the request.</summary>
    public static RequestMark MarkOf(OAuthRequest request)
    {
        var mark = request.CreateMark();
        return new RequestMark(mark.Timestamp, mark.NonceHash, mark.SignatureHash);
    }

    private static OAuthMessage MessageOf(HttpContext http, ReadOnlySpan<byte> form, bool hasOtherBody)
    {
        var (path, query) = Split(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        return new OAuthMessage
        {
            Method = http.Request.Method,
            Scheme = http.Request.Scheme,
            Host = http.Request.Host.Value,
            Path = SignedPath(http.Request.PathBase, path).Span,
            Query = query.Span,
            Authorization = http.Request.Headers.Authorization.ToString(),
            Form = form,
            HasOtherBody = hasOtherBody,
        };
    }

    /// <summary>Returns the path that the client signed. A proxy may have stripped the path base from the request's path.</summary>
    private static ReadOnlyMemory<char> SignedPath(PathString pathBase, ReadOnlyMemory<char> path) =>
        !pathBase.HasValue || path.Span.StartsWith(pathBase.Value, StringComparison.OrdinalIgnoreCase)
            ? path
            : string.Concat(pathBase.Value, path.Span).AsMemory();

    /// <summary>Splits the request target. The target is a path, or a whole URI if the client treats this server as a proxy.</summary>
    private static (ReadOnlyMemory<char> Path, ReadOnlyMemory<char> Query) Split(string target)
    {
        var text = target.AsMemory();
        if (!target.StartsWith('/'))
        {
            var authority = target.IndexOf("://", StringComparison.Ordinal);
            var start = authority < 0 ? -1 : target.AsSpan(authority + 3).IndexOfAny('/', '?');
            if (start >= 0) text = text[(authority + 3 + start)..];
        }

        var question = text.Span.IndexOf('?');
        return question < 0 ? (text, default) : (text[..question], text[(question + 1)..]);
    }
}
