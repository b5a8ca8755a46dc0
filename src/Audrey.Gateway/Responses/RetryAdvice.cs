using System.Globalization;
using Audrey.Gateway.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Responses;

/// <summary>Tells clients in <c>Retry-After</c> when to come back. The times are random, so that they do not come together.</summary>
internal sealed class RetryAdvice(IOptions<GatewayOptions> options)
{
    /// <summary>How many clients should come back in a second.</summary>
    public const double ArrivalsPerSecond = 2000;

    private static readonly TimeSpan MaxSpread = TimeSpan.FromSeconds(30);

    private readonly double _min = options.Value.RetryAfter.TotalSeconds;

    /// <summary>Adds the header.</summary>
    public void Add(HttpContext http) => Add(http, Random.Shared.Next((int)Math.Ceiling(_min), (int)Math.Ceiling(_min) * 2 + 1));

    /// <summary>Adds the header to one of many requests that were rejected lately. The more there were, the wider the times.</summary>
    /// <param name="http">The request.</param>
    /// <param name="rejected">How many requests were rejected lately.</param>
    public void AddAfterRejection(HttpContext http, int rejected)
    {
        var spread = Math.Max(_min, Math.Min(rejected / ArrivalsPerSecond, MaxSpread.TotalSeconds));
        Add(http, (int)Math.Ceiling(_min + Random.Shared.NextDouble() * spread));
    }

    private static void Add(HttpContext http, int seconds) =>
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
}
