using Audrey.Gateway.Responses;
using Audrey.Protocol.Versions;

namespace Audrey.Gateway.Endpoints.Versions0To2;

/// <summary><c>/auth</c>: tests the credential of a guest or a conductor.</summary>
internal sealed class AuthEndpoints(OAuthGuestAuthenticator guests, OAuthConductorAuthenticator conductors) : IEndpointGroup
{
    private static readonly byte[] Successful = "Authentication test successful"u8.ToArray();

    public void Map(IEndpointRouteBuilder routes) => routes.MapMethods(Routes.Auth, ["GET", "HEAD"], (RequestDelegate)Test);

    private async Task Test(HttpContext http)
    {
        if (!SignedRequest.TryParse(http, [], out var request))
        {
            await ResponseWriter.NotAuthorized(http);
            return;
        }

        using (request)
        {
            var isFirst = conductors.IsOfCachedConductor(request);
            var isKnown = (isFirst && await conductors.IsSignedByConductor(http, request))
                || await guests.IsSignedByGuest(request)
                || (!isFirst && await conductors.IsSignedByConductor(http, request));
            await (isKnown
                ? ResponseWriter.Write(http, StatusCodes.Status200OK, ResponseWriter.Text, Successful)
                : ResponseWriter.NotAuthorized(http));
        }
    }
}
