using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Credentials;
using Audrey.Protocol.Authentication;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Authentication;

/// <summary>Authenticates conductors of versions 0 to 2 by OAuth 1.0a. A guest's credential is not accepted.</summary>
internal sealed class ConductorGate(ConductorDirectory conductors)
{
    /// <summary>Verifies the request's signature. Returns null if it must be answered 401.</summary>
    /// <param name="http">The request.</param>
    /// <param name="form">The body if it is a form, or nothing.</param>
    public async ValueTask<ConductorCommand?> Enter(HttpContext http, ReadOnlyMemory<byte> form)
    {
        if (!SignedRequest.TryParse(http, form.Span, out var request)) return null;
        using var parsed = request;
        var identity = await conductors.Verify(new OAuthProof(request));
        return identity is null ? null : new ConductorCommand(identity.Key, SignedRequest.Mark(request));
    }
}

/// <summary>A signature of OAuth 1.0a.</summary>
internal readonly struct OAuthProof(OAuthRequest request) : ICredentialProof
{
    public string Key => request.ConsumerKey;

    public bool IsMadeWith(ReadOnlySpan<byte> secret) => request.Verify(secret);
}
