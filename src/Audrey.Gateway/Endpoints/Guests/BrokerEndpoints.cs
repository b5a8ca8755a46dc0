using System.Net;
using System.Text;
using Audrey.Core.Ids;
using Audrey.Gateway.Bus;
using Audrey.Gateway.Credentials;
using Audrey.Gateway.Limits;
using Audrey.Gateway.Responses;
using Audrey.Gateway.Settings;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Form = System.Collections.Generic.Dictionary<string, Microsoft.Extensions.Primitives.StringValues>;

namespace Audrey.Gateway.Endpoints.Guests;

/// <summary>
/// Answers the questions of RabbitMQ's plugin <c>rabbitmq_auth_backend_http</c> about instances: whether a secret is right, and what an
/// instance may do. Each answer is <c>allow</c> or <c>deny</c>. The questions are forms. The endpoint is open to anyone. It tells a
/// stranger no more than a request with the same secret does.
/// </summary>
internal sealed class BrokerEndpoints(
    BusCallers callers, GuestCredentials guests, SecretTransport transport, BodyReader bodies, IOptions<BusSettings> settings)
    : IEndpointGroup
{
    private const int MaxFormBytes = 4096;

    /// <summary>The routes are not in the OpenAPI document, because their form is that of the plugin.</summary>
    private const string Path = Version3Routes.Prefix + "/broker/";

    private delegate ValueTask<bool> Question(HttpContext http, Form form);

    public void Map(IEndpointRouteBuilder routes)
    {
        MapQuestion(routes, "user", MaySignIn);
        MapQuestion(routes, "vhost", static (_, form) => new(IsInstance(form)));
        MapQuestion(routes, "resource", static (_, form) => new(
            IsInstance(form) && BrokerPermissions.MayUse(Of(form, "resource"), Of(form, "name"), Of(form, "permission"))));
        MapQuestion(routes, "topic", static (_, form) => new(
            IsInstance(form) && BrokerPermissions.MayUseKey(Of(form, "name"), Of(form, "routing_key"), Of(form, "permission"))));
    }

    private static bool IsInstance(Form form) =>
        InstanceId.TryParse(Of(form, "username"), out _, out _);

    private static string Of(Form form, string name) =>
        form.TryGetValue(name, out var value) ? value.ToString() : "";

    private void MapQuestion(IEndpointRouteBuilder routes, string name, Question question) =>
        routes.MapPost(Path + name, (RequestDelegate)(http => Answer(http, question)));

    private async Task Answer(HttpContext http, Question question)
    {
        if (!transport.MayCarrySecret(http))
        {
            await ProblemWriter.Write(http, ProblemFactory.TlsRequired);
            return;
        }

        if (!FormBody.IsReadableForm(http.Request))
        {
            await ProblemWriter.Write(http, ProblemFactory.FromStatus(
                StatusCodes.Status415UnsupportedMediaType,
                "The body must be a form. Set auth_http.http_method = post in the configuration of RabbitMQ."));
            return;
        }

        var body = await bodies.Read(http, MaxFormBytes, BodySender.Stranger);
        var form = new FormReader(Encoding.UTF8.GetString(body.Span)).ReadForm();
        await ResponseWriter.Write(
            http, StatusCodes.Status200OK, ResponseWriter.Text, await question(http, form) ? "allow"u8.ToArray() : "deny"u8.ToArray());
    }

    /// <summary>
    /// Only instances sign in this way. A person or a program at the broker has a user of the broker. The plugin for AMQP 1.0 asks once
    /// more, without a password, for a user that has given it before. This question is answered only if the server uses such a broker.
    /// </summary>
    private async ValueTask<bool> MaySignIn(HttpContext http, Form form)
    {
        var name = Of(form, "username");
        if (!IsInstance(form)) return false;
        if (!form.ContainsKey("password")) return settings.Value.BrokerChecksUsers && await guests.GetFresh(name) is not null;
        return await callers.Verify(name, Of(form, "password"), http.Connection.RemoteIpAddress ?? IPAddress.None) is { Guest: not null };
    }
}
