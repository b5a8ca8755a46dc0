using Audrey.Abstractions.Instances;
using Audrey.Abstractions.Registration;
using Audrey.Core.Documents;
using Audrey.Core.Limits;
using Audrey.Gateway.Authentication;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Requests;
using Audrey.Protocol.Text;
using Audrey.Protocol.Versions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Orleans;

namespace Audrey.Gateway.Endpoints;

/// <summary><c>/configs</c>: conductors register instances, guests ask for their configuration.</summary>
internal sealed class ConfigsEndpoints(
    GuestGate guests, ConductorGate conductors, IGrainFactory grains, GrainCalls calls, ConductorAnswers answers, IOptions<DocumentLimits> limits)
    : IEndpointGroup
{
    private const string NotParsed = "Could not parse the given XML document.";

    private static readonly GuestCall GetConfiguration = static (grain, contact, service) => grain.GetConfiguration(contact, (string?)service);

    private readonly DocumentLimits _limits = limits.Value;

    // Escaped in a form, a byte of the document takes up to three.
    private readonly int _maxBody = (int)Math.Min(int.MaxValue, limits.Value.MaxDocumentBytes * 3L + 16 * 1024);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.Configs, (RequestDelegate)Get);
        routes.MapGet(Routes.ServiceConfig, (RequestDelegate)Get);
        routes.MapPost(Routes.Configs, (RequestDelegate)Post);
    }

    private async Task Get(HttpContext http)
    {
        if (!PathValues.TryRead(http, "uuid", out var version, out var uuid))
        {
            await Answers.NotFound(http);
            return;
        }

        var service = http.Request.RouteValues["service"] as string;
        var (status, answer) = await guests.Ask(http, version, uuid, default, GetConfiguration, service);
        if (answer is { IsComplete: false })
            status = version == 0 ? StatusCodes.Status404NotFound : StatusCodes.Status202Accepted;
        await GuestAnswers.Write(http, status, answer?.Body);
    }

    private async Task Post(HttpContext http)
    {
        if (!PathValues.TryRead(http, "uuid", out _, out var uuid))
        {
            await Answers.NotFound(http);
            return;
        }

        var form = await FormBody.ReadForm(http, _maxBody);
        if (await conductors.Enter(http, form) is not { } command)
        {
            await Answers.NotAuthorized(http);
            return;
        }

        if (!FormBody.IsForm(http.Request) || FormBody.IsEncoded(http.Request))
        {
            await Answers.Lines(
                http,
                StatusCodes.Status415UnsupportedMediaType,
                "Send the document in the field 'data' of a body of the type application/x-www-form-urlencoded, without a Content-Encoding.");
            return;
        }

        if (!FormField.TryGet(form.Span, Routes.DataField, out var document))
        {
            await Answers.Lines(http, StatusCodes.Status400BadRequest, NotParsed, "The form has no field 'data'.");
            return;
        }

        if (document.Length > _limits.MaxDocumentBytes) throw FormBody.TooLarge(_limits.MaxDocumentBytes);
        var parsed = InstanceConfigXml.Parse(document, _limits);
        if (!parsed.IsValid)
        {
            await Answers.Lines(http, StatusCodes.Status400BadRequest, parsed.Findings.Select(finding => finding.ToString()).Prepend(NotParsed));
            return;
        }

        if (parsed.Value.Id.Value != uuid)
        {
            await Answers.Lines(
                http,
                StatusCodes.Status400BadRequest,
                $"The URL names the instance '{uuid}', but the document's id is '{parsed.Value.Id.Value}'. They must be equal.");
            return;
        }

        var registrar = grains.GetGrain<IRegistrarGrain>(0);
        await answers.Write(http, await calls.Command(
            (registrar, command, parsed.Value), static on => on.registrar.Register(on.command, on.Value)));
    }
}
