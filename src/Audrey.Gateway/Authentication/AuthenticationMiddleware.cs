using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Authentication;

/// <summary>
/// Authenticates the callers of endpoints that require authentication. It adds the caller to the features of the request, and the endpoint
/// receives the caller as a parameter. If an endpoint does not require authentication here, its requests pass through without a state
/// machine. Decision 0035 lists these endpoints and the reasons.
/// </summary>
internal sealed class AuthenticationMiddleware(
    RequestDelegate next, OAuthConductorAuthenticator signing, BasicConductorAuthenticator conductors, BasicGuestAuthenticator guests)
{
    public Task Invoke(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<CallerRequirement>() switch
    {
        null => next(http),
        { Caller: Caller.Guest } => Continue(http, guests.Authenticate(http, (string)http.Request.RouteValues["uuid"]!)),
        { Caller: Caller.Conductor } => Continue(http, conductors.Authenticate(http)),
        { MaxFormBytes: var maxFormBytes } => Continue(http, signing.Authenticate(http, maxFormBytes)),
    };

    /// <summary>Runs the endpoint, unless the authenticator has refused the caller and answered the request.</summary>
    private async Task Continue<TCaller>(HttpContext http, ValueTask<TCaller?> authenticating)
        where TCaller : class, IDisposable
    {
        using var caller = await authenticating;
        if (caller is null) return;
        http.Features.Set(caller);
        await next(http);
    }
}
