using Audrey.Abstractions;
using Orleans.Runtime;

namespace Audrey.Grains.Tests.Cluster;

/// <summary>Failures after which callers retry, as the gateway and the client library do.</summary>
internal static class TryAgain
{
    /// <summary>
    /// Returns true if a write failed, or if the grain's activation ended before the call reached it. The activation ends, for example,
    /// after a failed write.
    /// </summary>
    public static bool After(Exception failure) => failure is NotDurableException or OrleansMessageRejectionException;
}
