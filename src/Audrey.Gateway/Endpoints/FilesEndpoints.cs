using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Tarballs;
using Audrey.Gateway.Authentication;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Requests;
using Audrey.Protocol.Versions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Orleans;

namespace Audrey.Gateway.Endpoints;

/// <summary><c>/files</c>: guests get their tarball, conductors replace it.</summary>
internal sealed class FilesEndpoints(
    GuestGate guests, ConductorGate conductors, IGrainFactory grains, GrainCalls calls, ConductorAnswers answers, IOptions<DocumentLimits> limits)
    : IEndpointGroup
{
    private readonly DocumentLimits _limits = limits.Value;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Routes.Files, ["GET", "HEAD"], (RequestDelegate)Get);
        routes.MapPut(Routes.Files, (RequestDelegate)Put);
    }

    /// <summary>The guest's Accept header is a mistake that every guest of 2012 makes: it is not looked at.</summary>
    private async Task Get(HttpContext http)
    {
        if (!PathValues.TryRead(http, "uuid", out var version, out var uuid))
        {
            await Answers.NotFound(http);
            return;
        }

        var received = new Received();
        var (status, _) = await guests.Ask(http, version, uuid, default, GetTarball, received);
        if (status != StatusCodes.Status200OK || received.Tarball is not { } tarball)
        {
            await GuestAnswers.Write(http, status, null);
            return;
        }

        http.Response.Headers.ContentDisposition = AttachmentName.Header(uuid + ".tgz");
        var file = TypedResults.File(
            tarball.Bytes,
            "application/x-tar",
            enableRangeProcessing: true,
            lastModified: tarball.Modified,
            entityTag: new EntityTagHeaderValue($"\"{tarball.Digest}\""));
        await file.ExecuteAsync(http);
    }

    private async Task Put(HttpContext http)
    {
        if (!PathValues.TryRead(http, "uuid", out _, out var uuid))
        {
            await Answers.NotFound(http);
            return;
        }

        var form = await FormBody.ReadForm(http, _limits.MaxGuestBodyBytes);
        if (await conductors.Enter(http, form) is not { } command)
        {
            await Answers.NotAuthorized(http);
            return;
        }

        if (!InstanceId.TryParse(uuid, out var id, out _))
        {
            await Answers.NotFound(http);
            return;
        }

        var tarball = await UploadedFile.Read(http, Routes.FileField, _limits.MaxTarballBytes);
        if (tarball is not null && TarballCheck.Problems(tarball, _limits) is { IsEmpty: false } problems)
        {
            await Answers.Lines(http, StatusCodes.Status400BadRequest, problems.Prepend("The file is no tarball that a guest could use."));
            return;
        }

        var grain = grains.GetGrain<IInstanceGrain>(GrainKeys.Of(id));
        await answers.Write(http, await calls.Command(
            (grain, command, tarball), static on => on.grain.ReplaceTarball(on.command, on.tarball)));
    }

    private static async ValueTask<GuestResult<GuestAnswer>> GetTarball(IGuestGrain grain, GuestContact contact, object? received)
    {
        var answer = await grain.GetTarball(contact);
        ((Received)received!).Tarball = answer.Value;
        return new(answer.Status, new GuestAnswer(IsComplete: true, []));
    }

    /// <summary>Where the call puts the tarball; the gate knows answers of bytes only.</summary>
    private sealed class Received
    {
        public Tarball? Tarball { get; set; }
    }
}
