using Audrey.Abstractions.Instances;
using Audrey.Abstractions.Registration;
using Audrey.Core.Documents;
using Audrey.Core.Limits;
using Audrey.Core.Xml;
using Audrey.Gateway.Authentication;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Requests;
using Audrey.Gateway.Responses;
using Audrey.Protocol.Text;
using Audrey.Protocol.Versions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Orleans;

namespace Audrey.Gateway.Endpoints.Versions0To2;

/// <summary><c>/configs</c>: conductors register instances, and guests poll for their configuration.</summary>
internal sealed class ConfigsEndpoints(
    OAuthGuestAuthenticator guests, IGrainFactory grains, GrainCalls calls, CommandResponses responses, IOptions<DocumentLimits> limits)
    : IEndpointGroup
{
    private const string NotParsed = "Could not parse the given XML document.";

    private readonly DocumentLimits _limits = limits.Value;

    public void Map(IEndpointRouteBuilder routes)
    {
        // When the form escapes a byte of the document, the byte becomes up to three bytes.
        var maxForm = (int)Math.Min(int.MaxValue, _limits.MaxDocumentBytes * 3L + 16 * 1024);
        routes.MapGet(Routes.Configs, (RequestDelegate)Get);
        routes.MapGet(Routes.ServiceConfig, (RequestDelegate)Get);
        routes.MapPost(Routes.Configs, Post).RequireCaller(Caller.SigningConductor, maxForm);
    }

    private async Task Get(HttpContext http)
    {
        if (!PathValues.TryRead(http, out var version, out var uuid))
        {
            await ResponseWriter.NotFound(http);
            return;
        }

        var call = new ConfigurationCall(http.Request.RouteValues["service"] as string);
        var (status, answer) = await guests.Call<ConfigurationCall, GuestAnswer>(http, version, uuid, default, call);
        if (answer is { IsComplete: false })
            status = version == 0 ? StatusCodes.Status404NotFound : StatusCodes.Status202Accepted;
        await GuestReplies.Write(http, status, answer?.Body);
    }

    private async Task Post(string uuid, ConductorRequest conductor, HttpContext http)
    {
        if (!FormBody.IsForm(http.Request) || FormBody.IsEncoded(http.Request))
        {
            await ResponseWriter.Lines(
                http,
                StatusCodes.Status415UnsupportedMediaType,
                "Send the document in the field 'data' of a body of the type application/x-www-form-urlencoded, "
                + "without a Content-Encoding.");
            return;
        }

        if (!FormField.TryGet(conductor.Form.Span, Routes.DataField, out var document))
        {
            await ResponseWriter.Lines(http, StatusCodes.Status400BadRequest, NotParsed, "The form has no field 'data'.");
            return;
        }

        if (document.Length > _limits.MaxDocumentBytes) throw FormBody.TooLarge(_limits.MaxDocumentBytes);
        var parsed = InstanceConfigXml.Parse(document, _limits);
        if (!parsed.IsValid)
        {
            var findings = parsed.Findings.Select(finding => finding.ToString());
            await ResponseWriter.Lines(http, StatusCodes.Status400BadRequest, findings.Prepend(NotParsed));
            return;
        }

        if (parsed.Value.Id.Value != uuid)
        {
            await ResponseWriter.Lines(
                http,
                StatusCodes.Status400BadRequest,
                $"The URL names the instance '{uuid}', but the document's id is '{parsed.Value.Id.Value}'. They must be equal.");
            return;
        }

        var registrar = grains.GetGrain<IRegistrarGrain>(0);
        await responses.Write(http, await calls.Command(() => registrar.Register(conductor.Command, parsed.Value)));
    }

    private readonly struct ConfigurationCall(string? service) : IGuestCall<GuestAnswer>
    {
        public ValueTask<GuestResult<GuestAnswer>> Make(IGuestGrain grain, GuestContact contact) =>
            grain.GetConfiguration(contact, service);
    }
}
