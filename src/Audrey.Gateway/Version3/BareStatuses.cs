using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Audrey.Gateway.Version3;

/// <summary>
/// Under version 3's paths, what routing refuses (404, 405, 415) is a problem like every other. A request that routing has found an endpoint
/// for passes through without a trace: ten thousand may be waiting there.
/// </summary>
internal sealed class BareStatuses(RequestDelegate next)
{
    public Task Invoke(HttpContext http) => http.GetEndpoint() is RouteEndpoint || !Problems.AreFor(http) ? next(http) : Answer(http);

    private async Task Answer(HttpContext http)
    {
        await next(http);
        var response = http.Response;
        if (response.StatusCode < 400 || response.HasStarted || response.ContentType is not null) return;
        await Problems.Write(http, Problems.OfStatus(response.StatusCode));
    }
}
