using Audrey.Abstractions.Credentials;
using Audrey.Gateway.Authentication;
using Audrey.Gateway.Requests;
using Audrey.Protocol.Versions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Audrey.Gateway.Endpoints;

/// <summary><c>/auth</c>: whether the request is signed well, by a guest or by a conductor.</summary>
internal sealed class AuthEndpoints(GuestGate guests, ConductorDirectory conductors) : IEndpointGroup
{
    private static readonly byte[] Successful = "Authentication test successful"u8.ToArray();

    public void Map(IEndpointRouteBuilder routes) => routes.MapMethods(Routes.Auth, ["GET", "HEAD"], (RequestDelegate)Test);

    private async Task Test(HttpContext http)
    {
        if (!SignedRequest.TryParse(http, [], out var request))
        {
            await Answers.NotAuthorized(http);
            return;
        }

        using (request)
        {
            var proof = new OAuthProof(request);
            var known = conductors.TryVerifyCached(proof) is not null
                || await guests.IsSignedByGuest(request)
                || await conductors.VerifyFresh(proof) is not null;
            await (known ? Answers.Write(http, StatusCodes.Status200OK, Answers.Text, Successful) : Answers.NotAuthorized(http));
        }
    }
}
