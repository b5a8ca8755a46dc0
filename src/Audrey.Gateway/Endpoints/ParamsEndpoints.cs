using Audrey.Abstractions.Instances;
using Audrey.Core.Documents;
using Audrey.Core.Limits;
using Audrey.Gateway.Authentication;
using Audrey.Gateway.Requests;
using Audrey.Protocol.Text;
using Audrey.Protocol.Versions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Endpoints;

/// <summary><c>/params</c>: what the guest is to give, and its giving it.</summary>
internal sealed class ParamsEndpoints(GuestGate guests, IOptions<DocumentLimits> limits) : IEndpointGroup
{
    private static readonly GuestCall GetParameters = static (grain, contact, _) => grain.GetParameters(contact);

    private static readonly GuestCall Provide = static (grain, contact, provision) => new(grain.Provide(contact, (Provision)provision!));

    private static readonly Provision Nothing = new([], []);

    private readonly int _maxBody = limits.Value.MaxGuestBodyBytes;
    private readonly GuestReportLimits _limits = new(
        limits.Value.MaxValueBytes, Math.Max(limits.Value.MaxProvidedParameters, limits.Value.MaxServices));

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.Params, (RequestDelegate)Get);
        routes.MapPut(Routes.Params, (RequestDelegate)Put);
    }

    /// <summary>Always 200: the body says what is missing.</summary>
    private async Task Get(HttpContext http)
    {
        if (!PathValues.TryRead(http, "uuid", out var version, out var uuid))
        {
            await Answers.NotFound(http);
            return;
        }

        var (status, answer) = await guests.Ask(http, version, uuid, default, GetParameters, null);
        await GuestAnswers.Write(http, status, answer?.Body);
    }

    private async Task Put(HttpContext http)
    {
        if (!PathValues.TryRead(http, "uuid", out var version, out var uuid))
        {
            await Answers.NotFound(http);
            return;
        }

        var form = await FormBody.ReadForm(http, _maxBody);
        var understood = TryRead(form.Span, out var provision, out var problem);
        // Who may not give anything is not told what is wrong with it: what was not understood is asked for as no change.
        var (status, answer) = await guests.Ask(http, version, uuid, form, Provide, provision);
        if (answer is null)
            await GuestAnswers.Write(http, status, null);
        else if (!understood)
            await Answers.Lines(http, StatusCodes.Status400BadRequest, problem);
        else
            await GuestAnswers.Write(http, answer.IsComplete ? StatusCodes.Status200OK : StatusCodes.Status202Accepted, answer.Body);
    }

    private bool TryRead(ReadOnlySpan<byte> form, out Provision provision, out string problem)
    {
        (provision, problem) = (Nothing, "");
        if (!FormField.TryGet(form, Routes.AudreyDataField, out var data)) return true;
        if (!GuestReportParser.TryParse(data, _limits, out var report, out var error))
        {
            problem = error.Message;
            return false;
        }

        if (report.Kind == GuestReportKind.NoChange) return true;
        var given = report.Entries.Select(entry => new NamedValue(entry.Name, entry.Value.ToArray()));
        provision = report.Kind == GuestReportKind.Values ? new Provision([.. given], []) : new Provision([], [.. given]);
        return true;
    }
}
