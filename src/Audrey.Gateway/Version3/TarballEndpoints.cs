using Audrey.Abstractions.Instances;
using Audrey.Gateway.Endpoints;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Audrey.Gateway.Version3;

/// <summary>The tarball of a guest's executables and files; conditional and range requests work.</summary>
internal sealed class TarballEndpoints(Version3Gate gate) : IEndpointGroup
{
    private const string ContentType = "application/x-tar";

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet(Version3Routes.Tarball, Get)
        .DescribesFile("tarball", "The tarball of executables and files", ContentType);

    private async Task Get(string uuid, HttpContext http)
    {
        using var guest = await gate.Enter(http, uuid);
        if (guest is null) return;
        if (await gate.Ask(http, guest, 0, static (grain, contact, _) => grain.GetTarball(contact)) is not { } tarball) return;

        await TypedResults.File(
            tarball.Bytes, ContentType, enableRangeProcessing: true, lastModified: tarball.Modified, entityTag: new EntityTagHeaderValue($"\"{tarball.Digest}\"")).ExecuteAsync(http);
    }
}
