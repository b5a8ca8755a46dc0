using System.Diagnostics.CodeAnalysis;
using Audrey.Abstractions.Conductors;
using Audrey.Gateway.Credentials;
using Audrey.Protocol.Authentication;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Authentication;

/// <summary>Lets conductors in. A guest's credential is none here.</summary>
internal sealed class ConductorGate(ConductorCredentials credentials)
{
    /// <summary>Verifies an unknown key against something, so that it takes as long as a known one.</summary>
    private static ReadOnlySpan<byte> NobodysSecret => "nobody signs with this secret"u8;

    /// <summary>Verifies the request's signature; false means 401.</summary>
    /// <param name="http">The request.</param>
    /// <param name="form">The body, if it is a form; else empty.</param>
    /// <param name="command">Who commands, and what tells this request from others.</param>
    public bool TryEnter(HttpContext http, ReadOnlySpan<byte> form, [NotNullWhen(true)] out ConductorCommand? command)
    {
        command = null;
        if (!SignedRequest.TryParse(http, form, out var request)) return false;
        using (request)
        {
            if (!IsSignedByConductor(request, out var conductor)) return false;
            command = new ConductorCommand(conductor.Key, SignedRequest.Mark(request));
            return true;
        }
    }

    /// <summary>Whether the request was signed by a conductor.</summary>
    public bool IsSignedByConductor(OAuthRequest request, [NotNullWhen(true)] out ConductorCredential? conductor)
    {
        conductor = credentials.Find(request.ConsumerKey);
        var verified = request.Verify(conductor is null ? NobodysSecret : conductor.Secret);
        if (!verified) conductor = null;
        return conductor is not null;
    }
}
