using System.Diagnostics.CodeAnalysis;
using Audrey.Core.Replay;
using Audrey.Protocol.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Audrey.Gateway.Authentication;

/// <summary>Finds the credential in an HTTP request, as the request was on the wire.</summary>
internal static class SignedRequest
{
    /// <summary>Parses the credential; the caller disposes of it.</summary>
    /// <param name="http">The request.</param>
    /// <param name="form">The body, if it is a form; else empty.</param>
    /// <param name="request">The credential, not verified yet.</param>
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

    /// <summary>What an instance or a deployable remembers of the request.</summary>
    public static RequestMark Mark(OAuthRequest request)
    {
        var mark = request.CreateMark();
        return new RequestMark(mark.Timestamp, mark.NonceHash, mark.SignatureHash);
    }

    /// <summary>The target is a path, or, from a client that takes this server for a proxy, a whole URI.</summary>
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
