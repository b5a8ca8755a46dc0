using Audrey.Abstractions.Auditing;
using Audrey.Abstractions.Credentials;
using Audrey.Core.Auditing;
using Audrey.Gateway.Authentication;
using Audrey.Gateway.Problems;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Auditing;

/// <summary>Counts the requests that were refused because of their caller.</summary>
internal sealed class RefusalRecorder(RefusalSums sums) : IRefusalObserver
{
    /// <inheritdoc/>
    /// <remarks>A command of a verified conductor is not counted, because it has an audit entry of its own.</remarks>
    public void Record(HttpContext http)
    {
        if (http.Response.StatusCode < StatusCodes.Status400BadRequest || OutcomeOf(http) is not { } outcome) return;
        if (http.Features.Get<ConductorRequest>() is not null) return;
        sums.Add(http.Connection.RemoteIpAddress, outcome, http.Features.Get<ConductorIdentity>());
    }

    private static string? OutcomeOf(HttpContext http) => http.Features.Get<RefusedCaller>()?.Outcome ?? http.Response.StatusCode switch
    {
        StatusCodes.Status401Unauthorized => AuditActions.NotAuthorized,
        StatusCodes.Status403Forbidden => AuditActions.Forbidden,
        _ => null,
    };
}
