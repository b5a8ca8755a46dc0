using Audrey.Gateway.Answers;
using Audrey.Gateway.Authentication;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Audrey.Gateway.Endpoints.Guests;

/// <summary>Serves the tarball of a guest's executables and files.</summary>
internal sealed class TarballEndpoints : IEndpointGroup
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGuests().MapGet(Version3Routes.Tarball, Get).Describe("tarball", "The tarball of executables and files");

    private static async Task<TarballFile> Get(GuestRequest guest) =>
        await guest.Call(0, static (grain, contact, _) => grain.GetTarball(contact));
}
