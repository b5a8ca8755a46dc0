using Audrey.Abstractions.Instances;
using Audrey.Abstractions.Launching;
using Audrey.Core.Auditing;
using Audrey.Core.Documents;
using Audrey.Core.Limits;
using Audrey.Core.Xml;
using Audrey.Gateway.Limits;
using Audrey.Gateway.Responses;
using Audrey.Protocol.Text;
using Audrey.Protocol.Versions;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Endpoints.Versions0To2;

/// <summary><c>/configs</c>: conductors register instances, and guests poll for their configuration.</summary>
internal sealed class ConfigsEndpoints(
    OAuthGuestAuthenticator guests, IGrainFactory grains, RefusedCommands refused, CommandResponses responses,
    IOptions<DocumentLimits> limits)
    : IEndpointGroup
{
    private const string NotParsed = "Could not parse the given XML document.";

    private readonly DocumentLimits _limits = limits.Value;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Routes.Configs, ["GET", "HEAD"], (RequestDelegate)Get);
        routes.MapMethods(Routes.ServiceConfig, ["GET", "HEAD"], (RequestDelegate)Get);
        routes.MapPost(Routes.Configs, Post).RequireCaller(Caller.SigningConductor, BodySizes.MaxForm(_limits));
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
        if (!FormBody.IsReadableForm(http.Request))
        {
            await Refuse(
                StatusCodes.Status415UnsupportedMediaType,
                "Send the document in the field 'data' of a body of the type application/x-www-form-urlencoded, "
                + "without a Content-Encoding.");
            return;
        }

        if (!FormField.TryGet(conductor.Form.Span, Routes.DataField, out var document))
        {
            await Refuse(StatusCodes.Status400BadRequest, NotParsed, "The form has no field 'data'.");
            return;
        }

        if (document.Length > _limits.MaxDocumentBytes) throw BodyReader.TooLarge(_limits.MaxDocumentBytes);
        var parsed = InstanceConfigXml.ParseLeniently(document, _limits, out var leniency);
        if (!parsed.IsValid)
        {
            var findings = parsed.Findings.Select(finding => finding.ToString());
            await Refuse(StatusCodes.Status400BadRequest, findings.Prepend(NotParsed));
            return;
        }

        if (parsed.Value.Id.Value != uuid)
        {
            await Refuse(
                StatusCodes.Status400BadRequest,
                $"The URL names the instance '{uuid}', but the document's id is '{parsed.Value.Id.Value}'. They must be equal.");
            return;
        }

        var registrar = grains.GetGrain<IRegistrarGrain>(0);
        var target = new AuditTarget(parsed.Value.Deployable.Value, uuid);
        await responses.Run(
            http, conductor, "register-instance", target,
            () => registrar.RegisterLeniently(conductor.Command, parsed.Value, leniency));

        async Task Refuse(int status, params IEnumerable<string> lines)
        {
            await refused.Remember(http, conductor.Command);
            await ResponseWriter.Lines(http, status, lines);
        }
    }

    private readonly struct ConfigurationCall(string? service) : IGuestCall<GuestAnswer>
    {
        public ValueTask<GuestResult<GuestAnswer>> Make(IGuestGrain grain, GuestContact contact) =>
            grain.GetConfiguration(contact, service);
    }
}
