using System.Globalization;
using Audrey.Gateway.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Requests;

/// <summary>Tells clients when to come back, each another time, so that they do not come back together.</summary>
internal sealed class RetryLater(IOptions<GatewayOptions> options)
{
    private readonly int _seconds = (int)Math.Ceiling(options.Value.RetryAfter.TotalSeconds);

    /// <summary>Adds the header.</summary>
    public void Mark(HttpContext http) =>
        http.Response.Headers.RetryAfter = Random.Shared.Next(_seconds, _seconds * 2 + 1).ToString(CultureInfo.InvariantCulture);
}
