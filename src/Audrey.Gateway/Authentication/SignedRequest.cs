using System.Diagnostics.CodeAnalysis;
using Audrey.Core.Replay;
using Audrey.Protocol.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Audrey.Gateway.Authentication;

/// <summary>Reads the signature of an HTTP request from the request exactly as it was sent.</summary>
internal static class SignedRequest
{
    /// <summary>Parses the signature. The caller disposes of the result.</summary>
    /// <param name="http">The request.</param>
    /// <param name="form">The body if it is a form; otherwise empty.</param>
    /// <param name="request">The signature, which is not verified yet.</param>
    public static bool TryParse(HttpContext http, ReadOnlySpan<byte> form, [NotNullWhen(true)] out OAuthRequest? request)
    {
        var (path, query) = Split(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        var message = new OAuthMessage
        {
            Method = http.Request.Method,
            Scheme = http.Request.Scheme,
            Host = http.Request.Host.Value,
            Path = path.Span,
            Query = query.Span,
            Authorization = http.Request.Headers.Authorization.ToString(),
            Form = form,
        };
        return OAuthRequest.TryParse(message, out request, out _);
    }

    /// <summary>Returns the mark by which the replay window remembers the request.</summary>
    public static RequestMark MarkOf(OAuthRequest request)
    {
        var mark = request.CreateMark();
        return new RequestMark(mark.Timestamp, mark.NonceHash, mark.SignatureHash);
    }

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
