using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Core.Auditing;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Gateway.Responses;
using Audrey.Gateway.Uploads;
using Audrey.Protocol.Versions;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Audrey.Gateway.Endpoints.Versions0To2;

/// <summary><c>/files</c>: guests get their tarball, and conductors replace it.</summary>
internal sealed class FilesEndpoints(
    OAuthGuestAuthenticator guests, IGrainFactory grains, RefusedCommands refused, SignatureLog log, BodyReader bodies,
    TarballUploads uploads, CommandResponses responses, IOptions<DocumentLimits> limits)
    : IEndpointGroup
{
    private readonly DocumentLimits _limits = limits.Value;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Routes.Files, ["GET", "HEAD"], (RequestDelegate)Get);
        routes.MapPut(Routes.Files, Put).RequireCaller(Caller.SigningConductor, _limits.MaxGuestBodyBytes);
    }

    private const string Gzip = "application/gzip";

    private async Task Get(HttpContext http)
    {
        if (!PathValues.TryRead(http, out var version, out var uuid))
        {
            await ResponseWriter.NotFound(http);
            return;
        }

        var (status, tarball) = await guests.Call<TarballCall, Tarball>(http, version, uuid, default, default);
        if (tarball is null)
        {
            await GuestReplies.Write(http, status, null);
            return;
        }

        http.Response.Headers.ContentDisposition = AttachmentName.Header(uuid + ".tgz");
        http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        await TarballFile.Create(AsksForGzip(http.Request) ? tarball.InGzip() : tarball).ExecuteAsync(http);
    }

    /// <summary>
    /// Returns whether the guest can read only gzip and says so, as the guest program does. Apart from this, the header Accept is ignored,
    /// because every guest of 2012 sends a wrong one.
    /// </summary>
    private static bool AsksForGzip(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var types)
        && types.Any(type => type.MediaType.Equals(Gzip, StringComparison.OrdinalIgnoreCase));

    private async Task Put(string uuid, ConductorRequest conductor, HttpContext http)
    {
        if (!InstanceId.TryParse(uuid, out var id, out _))
        {
            await ResponseWriter.NotFound(http);
            return;
        }

        if (UploadedFile.IsMultipart(http.Request) && conductor is { MustSignBody: true, BodyHash.IsEmpty: true })
        {
            log.UnsignedBody(conductor.Credential);
            await ResponseWriter.NotAuthorized(http);
            return;
        }

        var (tarball, isIntact) = await UploadedFile.Read(
            bodies, http, Routes.FileField, _limits.MaxTarballBytes, conductor.BodyHash);
        if (!isIntact)
        {
            await ResponseWriter.NotAuthorized(http);
            return;
        }

        var upload = tarball is null ? null : await uploads.Check(tarball, http.RequestAborted);
        if (upload is { Problems: { IsEmpty: false } problems })
        {
            await refused.Remember(http, conductor.Command);
            await ResponseWriter.Lines(
                http, StatusCodes.Status400BadRequest, problems.Prepend("The file is not a tarball that a guest could use."));
            return;
        }

        var grain = grains.GetGrain<IInstanceGrain>(GrainKeys.Of(id));
        var target = new AuditTarget(Instance: uuid);
        await responses.Run(http, conductor, "replace-tarball", target, () => upload?.GzipCopy is { } copy
            ? grain.ReplaceTarballWithCopy(conductor.Command, tarball!, copy)
            : grain.ReplaceTarball(conductor.Command, tarball));
    }

    private readonly struct TarballCall : IGuestCall<Tarball>
    {
        public ValueTask<GuestResult<Tarball>> Make(IGuestGrain grain, GuestContact contact) => grain.GetTarball(contact);
    }
}
