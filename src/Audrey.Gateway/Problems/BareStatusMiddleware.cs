using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Audrey.Gateway.Problems;

/// <summary>
/// Writes a problem if routing refuses a request under version 3's paths (404, 405, 415). A request with an endpoint passes through without
/// a state machine, because ten thousand such requests can be pending.
/// </summary>
internal sealed class BareStatusMiddleware(RequestDelegate next)
{
    public Task Invoke(HttpContext http) =>
        http.GetEndpoint() is RouteEndpoint || !ProblemWriter.IsFor(http) ? next(http) : AddProblem(http);

    private async Task AddProblem(HttpContext http)
    {
        await next(http);
        var response = http.Response;
        if (response.StatusCode < 400 || response.HasStarted || response.ContentType is not null) return;
        await ProblemWriter.Write(http, ProblemFactory.FromStatus(response.StatusCode));
    }
}
