using System.Globalization;
using Audrey.Gateway.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Responses;

/// <summary>
/// States in <c>Retry-After</c> when clients should return. The times are random, so that the clients do not return together.
/// </summary>
internal sealed class RetryAdvice(IOptions<GatewayOptions> options)
{
    /// <summary>The number of clients that should return per second.</summary>
    public const double ArrivalsPerSecond = 2000;

    private static readonly TimeSpan MaxSpread = TimeSpan.FromSeconds(30);

    private readonly double _min = options.Value.RetryAfter.TotalSeconds;

    /// <summary>Adds the header.</summary>
    public void Add(HttpContext http) => Add(http, Random.Shared.Next((int)Math.Ceiling(_min), (int)Math.Ceiling(_min) * 2 + 1));

    /// <summary>
    /// Adds the header to the response to a rejected request. The range of times grows with the number of recently rejected requests.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="rejected">The number of recently rejected requests.</param>
    public void AddAfterRejection(HttpContext http, int rejected)
    {
        var spread = Math.Max(_min, Math.Min(rejected / ArrivalsPerSecond, MaxSpread.TotalSeconds));
        Add(http, (int)Math.Ceiling(_min + Random.Shared.NextDouble() * spread));
    }

    private static void Add(HttpContext http, int seconds) =>
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
}
