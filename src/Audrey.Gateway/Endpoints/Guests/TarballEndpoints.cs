namespace Audrey.Gateway.Endpoints.Guests;

/// <summary>Serves the tarball of a guest's executables and files.</summary>
internal sealed class TarballEndpoints : IEndpointGroup
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGuests().MapGet(Version3Routes.Tarball, Get).Describe("tarball", "Returns the tarball of executables and files");

    private static async Task<TarballFile> Get(GuestRequest guest) =>
        await guest.Call(0, static (grain, contact, _) => grain.GetTarball(contact));
}
