using Audrey.Abstractions.Credentials;
using Audrey.Gateway.Requests;
using Audrey.Gateway.Responses;
using Audrey.Protocol.Authentication;
using Audrey.Protocol.Versions;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Authentication;

/// <summary>Authenticates conductors of versions 0 to 2 by OAuth 1.0a. A guest's credential is not accepted.</summary>
internal sealed class OAuthConductorAuthenticator(ConductorDirectory directory)
{
    /// <summary>Reads the signed form and verifies the signature. Returns null if the request was refused and answered.</summary>
    /// <param name="http">The request.</param>
    /// <param name="maxFormBytes">The largest form. 0 if no form is read.</param>
    /// <exception cref="BadHttpRequestException">The form is larger than the limit (413).</exception>
    public async ValueTask<ConductorRequest?> Authenticate(HttpContext http, int maxFormBytes)
    {
        if (!GuestVersions.TryParse(http.Request.RouteValues["version"] as string, out _))
        {
            await ResponseWriter.NotFound(http);
            return null;
        }

        var form = maxFormBytes == 0 ? default : await FormBody.ReadForm(http, maxFormBytes);
        if (SignedRequest.TryParse(http, form.Span, out var signed))
        {
            using var parsed = signed;
            if (await directory.Verify(new OAuthProof(signed)) is { } identity)
                return new ConductorRequest(identity, SignedRequest.MarkOf(signed), form, lease: null);
        }

        await ResponseWriter.NotAuthorized(http);
        return null;
    }
}

/// <summary>A signature of OAuth 1.0a.</summary>
internal readonly struct OAuthProof(OAuthRequest request) : ICredentialProof
{
    public string Key => request.ConsumerKey;

    public bool IsMadeWith(ReadOnlySpan<byte> secret) => request.Verify(secret);
}
