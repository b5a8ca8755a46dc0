using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Settings;

/// <summary>Holds <see cref="GatewayOptions"/> to the ranges that they document.</summary>
internal sealed class GatewayOptionsValidator : IValidateOptions<GatewayOptions>
{
    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var ranges = new RangeChecks(GatewayOptions.Section);
        ranges.Check(nameof(options.CallDeadline), options.CallDeadline, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        ranges.Check(nameof(options.CommandDeadline), options.CommandDeadline, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        ranges.Check(nameof(options.RetryAfter), options.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        ranges.Check(nameof(options.CachedCredentials), options.CachedCredentials, 2, 16_777_216);
        ranges.Check(nameof(options.MaxConnections), options.MaxConnections, 1, 10_000_000);
        ranges.Check(nameof(options.MaxHeaderBytes), options.MaxHeaderBytes, 1024, 1024 * 1024);
        ranges.Check(nameof(options.MaxRequestLineBytes), options.MaxRequestLineBytes, 1024, 1024 * 1024);
        ranges.Check(nameof(options.HeadersTimeout), options.HeadersTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        ranges.Check(nameof(options.IdleTimeout), options.IdleTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        ranges.Check(nameof(options.MaxWait), options.MaxWait, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        ranges.Check(nameof(options.MaxWaiting), options.MaxWaiting, 0, 10_000_000);
        ranges.Check(nameof(options.MaxEventStreams), options.MaxEventStreams, 0, 100_000);
        ranges.Check(nameof(options.MaxActive), options.MaxActive, 1, 1_000_000);
        ranges.Check(nameof(options.WantedTime), options.WantedTime, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1));
        ranges.Check(nameof(options.MaxQueued), options.MaxQueued, 0, 1_000_000);
        ranges.Check(nameof(options.MaxActivePerConductor), options.MaxActivePerConductor, 1, 10_000);
        ranges.Check(nameof(options.MaxActivePerInstance), options.MaxActivePerInstance, 1, 10_000);
        ranges.Check(nameof(options.WaitCheckInterval), options.WaitCheckInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(2));
        ranges.Check(nameof(options.DrainDelay), options.DrainDelay, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        return ranges.Result;
    }
}
