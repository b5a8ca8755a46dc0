using System.Text;
using Audrey.Abstractions.Instances;
using Audrey.Core.Documents;
using Audrey.Core.Limits;
using Audrey.Gateway.Responses;
using Audrey.Protocol.Text;
using Audrey.Protocol.Versions;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Endpoints.Versions0To2;

/// <summary>
/// <c>/params</c>: lists the values that a guest has not provided yet, and accepts its report of values and exit statuses.
/// </summary>
internal sealed class ParamsEndpoints(OAuthGuestAuthenticator guests, SignedForms forms, IOptions<DocumentLimits> limits) : IEndpointGroup
{
    private const string NotInMultipart =
        "The field audrey_data was not read, because no signature covers the fields of a multipart body. "
        + "Send it in a body of the type application/x-www-form-urlencoded.";

    private static readonly Provision Nothing = new([], []);

    private readonly GuestReportLimits _limits = new(
        limits.Value.MaxValueBytes, Math.Max(limits.Value.MaxProvidedParameters, limits.Value.MaxServices));

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Routes.Params, ["GET", "HEAD"], (RequestDelegate)Get);
        routes.MapPut(Routes.Params, (RequestDelegate)Put);
    }

    /// <summary>Always answers 200. The body lists the missing values.</summary>
    private async Task Get(HttpContext http)
    {
        if (!PathValues.TryRead(http, out var version, out var uuid))
        {
            await ResponseWriter.NotFound(http);
            return;
        }

        var (status, answer) = await guests.Call<ParametersCall, GuestAnswer>(http, version, uuid, default, default);
        await GuestReplies.Write(http, status, answer?.Body);
    }

    private async Task Put(HttpContext http)
    {
        if (!PathValues.TryRead(http, out var version, out var uuid))
        {
            await ResponseWriter.NotFound(http);
            return;
        }

        var read = await forms.ReadGuest(http, uuid);
        if (read.Refusal != 0)
        {
            await GuestReplies.Write(http, read.Refusal, null);
            return;
        }

        var (provision, problem, isMultipart) = (Nothing, "", UploadedFile.IsMultipart(http.Request));
        var isRead = isMultipart || TryRead(http, read.Bytes.Span, out provision, out problem);

        // An invalid body is passed on as an empty report, so that only an authenticated guest receives the description of the error.
        var (status, answer) = await guests.Call<ProvideCall, GuestAnswer>(
            http, version, uuid, read.Bytes, new(provision), read.Lookup);
        if (answer is null)
            await GuestReplies.Write(http, status, null);
        else if (!isRead)
            await ResponseWriter.Lines(http, StatusCodes.Status400BadRequest, problem);
        else if (isMultipart)
            await ResponseWriter.Lines(http, StatusCodes.Status415UnsupportedMediaType, NotInMultipart);
        else
            await GuestReplies.Write(http, answer.IsComplete ? StatusCodes.Status200OK : StatusCodes.Status202Accepted, answer.Body);
    }

    /// <summary>Reads the report from the form or from the query. The signature covers both, and allows the field only once.</summary>
    private bool TryRead(HttpContext http, ReadOnlySpan<byte> form, out Provision provision, out string problem)
    {
        (provision, problem) = (Nothing, "");
        if (!FormField.TryGet(form, Routes.AudreyDataField, out var data)
            && !FormField.TryGet(Encoding.UTF8.GetBytes(SignedRequest.QueryOf(http)), Routes.AudreyDataField, out data)) return true;
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

    private readonly struct ParametersCall : IGuestCall<GuestAnswer>
    {
        public ValueTask<GuestResult<GuestAnswer>> Make(IGuestGrain grain, GuestContact contact) => grain.GetParameters(contact);
    }

    private readonly struct ProvideCall(Provision provision) : IGuestCall<GuestAnswer>
    {
        public ValueTask<GuestResult<GuestAnswer>> Make(IGuestGrain grain, GuestContact contact) => new(grain.Provide(contact, provision));
    }
}
