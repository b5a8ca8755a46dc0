using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;
using Audrey.Gateway.Credentials;
using Audrey.Protocol.Authentication;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Authentication;

/// <summary>Lets conductors in. A guest's credential is none here. A configured key is never looked for among the added ones.</summary>
internal sealed class ConductorGate(ConductorCredentials configured, AddedConductors added, TimeProvider time)
{
    /// <summary>Verifies an unknown key against something, so that it takes as long as a known one.</summary>
    private static ReadOnlySpan<byte> NobodysSecret => "nobody signs with this secret"u8;

    /// <summary>Verifies the request's signature; null means 401.</summary>
    /// <param name="http">The request.</param>
    /// <param name="form">The body, if it is a form; else empty.</param>
    /// <returns>Who commands, and what tells this request from others.</returns>
    public async ValueTask<ConductorCommand?> Enter(HttpContext http, ReadOnlyMemory<byte> form)
    {
        if (!SignedRequest.TryParse(http, form.Span, out var request)) return null;
        using var parsed = request;
        var conductor = AtHand(request) ?? await Asked(request);
        return conductor is { } key ? new ConductorCommand(key, SignedRequest.Mark(request)) : null;
    }

    /// <summary>The conductor that signed the request, as far as is known without asking the cluster.</summary>
    public ConductorKey? AtHand(OAuthRequest request) =>
        configured.Find(request.ConsumerKey) is { } known ? Verified(request, known) : Verified(request, added.AtHand());

    /// <summary>The conductor that signed the request, as the cluster says now.</summary>
    /// <exception cref="Calls.UnavailableException">It did not answer.</exception>
    public async ValueTask<ConductorKey?> Asked(OAuthRequest request) =>
        configured.Find(request.ConsumerKey) is null ? Verified(request, await added.AskedSince(added.Now)) : null;

    private static ConductorKey? Verified(OAuthRequest request, ConductorCredential credential) =>
        request.Verify(credential.Secret) ? credential.Key : null;

    private ConductorKey? Verified(OAuthRequest request, AddedConductors.Known? known)
    {
        if (known is null) return null;
        if (!known.ByKey.TryGetValue(request.ConsumerKey, out var conductor))
        {
            request.Verify(NobodysSecret);
            return null;
        }

        var previous = conductor.PreviousAt(time.GetUtcNow());
        return Verified(request, conductor.Credential) ?? (!previous.IsEmpty && request.Verify(previous) ? conductor.Credential.Key : null);
    }
}
