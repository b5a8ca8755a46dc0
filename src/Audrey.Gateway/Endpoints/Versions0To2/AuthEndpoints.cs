using Audrey.Abstractions.Credentials;
using Audrey.Gateway.Authentication;
using Audrey.Gateway.Responses;
using Audrey.Protocol.Versions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Audrey.Gateway.Endpoints.Versions0To2;

/// <summary><c>/auth</c>: whether a guest or a conductor has signed the request.</summary>
internal sealed class AuthEndpoints(OAuthGuestAuthenticator guests, ConductorDirectory conductors) : IEndpointGroup
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
            var proof = new OAuthProof(request);
            var isKnown = conductors.TryVerifyCached(proof) is not null
                || await guests.IsSignedByGuest(request)
                || await conductors.VerifyFresh(proof) is not null;
            await (isKnown
                ? ResponseWriter.Write(http, StatusCodes.Status200OK, ResponseWriter.Text, Successful)
                : ResponseWriter.NotAuthorized(http));
        }
    }
}
