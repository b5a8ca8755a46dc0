using Audrey.Core.Limits;
using Audrey.Grains.Registration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Audrey.Grains.Tests.Registration;

/// <summary>Creates fetchers for tests.</summary>
internal static class Fetchers
{
    /// <summary>Creates a fetcher that may connect to 127.0.0.1 but to no other loopback address.</summary>
    public static SourceFetcher Local(DocumentLimits? limits = null, TimeProvider? time = null, params string[] networks)
    {
        var options = new SourceFetchOptions { Timeout = TimeSpan.FromSeconds(10), AllowedNetworks = { "127.0.0.1/32" } };
        foreach (var network in networks) options.AllowedNetworks.Add(network);
        return With(options, limits, time);
    }

    /// <summary>Creates a fetcher with the default options.</summary>
    public static SourceFetcher Default() => With(new SourceFetchOptions());

    public static SourceFetcher With(SourceFetchOptions options, DocumentLimits? limits = null, TimeProvider? time = null) =>
        new(Options.Create(options), Options.Create(limits ?? new DocumentLimits()), time ?? TimeProvider.System,
            NullLogger<SourceFetcher>.Instance);
}
