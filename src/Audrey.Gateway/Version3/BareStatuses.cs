using Audrey.Gateway.Requests;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Version3;

/// <summary>Under version 3's paths, what routing refuses (404, 405) is a problem like every other.</summary>
internal sealed class BareStatuses(RequestDelegate next)
{
    public Task Invoke(HttpContext http) => Problems.AreFor(http) ? Answer(http) : next(http);

    private async Task Answer(HttpContext http)
    {
        await next(http);
        var response = http.Response;
        if (response.StatusCode < 400 || response.HasStarted || response.ContentType is not null) return;
        await Problems.Write(http, Problems.OfStatus(response.StatusCode));
    }
}
