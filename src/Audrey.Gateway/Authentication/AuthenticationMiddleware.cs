using Audrey.Abstractions.Auditing;
using Audrey.Abstractions.Conductors;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Responses;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Authentication;

/// <summary>
/// Authenticates the callers of endpoints that require authentication. The middleware adds the caller to the features of the request, and
/// the endpoint receives the caller as a parameter. Requests to other endpoints pass through without an async state machine. Decision 0035
/// lists the other endpoints and the reasons.
/// </summary>
internal sealed class AuthenticationMiddleware(
    RequestDelegate next, OAuthConductorAuthenticator signing, BasicConductorAuthenticator conductors, BasicGuestAuthenticator guests,
    RefusedCommands refused, AuditTrail audit)
{
    public Task Invoke(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<CallerRequirement>() switch
    {
        null => next(http),
        { Caller: Caller.Guest } => Continue(http, guests.Authenticate(http, (string)http.Request.RouteValues["uuid"]!)),
        { Caller: Caller.Conductor } => Continue(http, conductors.Authenticate(http)),
        { MaxFormBytes: var maxFormBytes } => ContinueSigned(http, signing.Authenticate(http, maxFormBytes)),
    };

    /// <summary>
    /// Does the same for a signed request. If the endpoint fails to pass the command on, the command is remembered, because the signature
    /// stays valid for some minutes.
    /// </summary>
    private async Task ContinueSigned(HttpContext http, ValueTask<ConductorRequest?> authenticating)
    {
        using var caller = await authenticating;
        if (caller is null) return;
        http.Features.Set(caller);
        try
        {
            if (refused.TryGetUnanswered(caller.Command, out var audited)) await AnswerAgain(http, caller.Command, audited);
            else await next(http);
        }
        catch (BadHttpRequestException) when (!http.Response.HasStarted)
        {
            await refused.Remember(http, caller.Command);
            throw;
        }
        catch (ClusterUnavailableException)
        {
            refused.AddUnanswered(http, caller.Command, caller.AuditedCommand);
            throw;
        }
    }

    /// <summary>
    /// Answers a command that was answered 503 before: it is acknowledged if it was carried out, and refused otherwise. Its entry in the
    /// audit trail gets this outcome.
    /// </summary>
    private async Task AnswerAgain(HttpContext http, ConductorCommand command, AuditedCommand? audited)
    {
        var isCarriedOut = audited is null
            ? await refused.Remember(http, command)
            : await audit.Run(audited, () => refused.Remember(http, command).AsTask(), Name);
        await (isCarriedOut ? ResponseWriter.Empty(http, StatusCodes.Status200OK) : ResponseWriter.NotAuthorized(http));

        static string Name(bool isDone) => DescribedOutcome.Of(isDone ? ConductorOutcome.Done : ConductorOutcome.NonceRefused).Name;
    }

    /// <summary>Runs the endpoint, unless the authenticator has refused the caller and answered the request.</summary>
    private async Task Continue<TCaller>(HttpContext http, ValueTask<TCaller?> authenticating)
        where TCaller : class, IDisposable
    {
        using var caller = await authenticating;
        if (caller is null) return;
        http.Features.Set(caller);
        await next(http);
    }
}
