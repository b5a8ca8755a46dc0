using Audrey.Abstractions;
using Orleans.Runtime;

namespace Audrey.Grains.Tests.Cluster;

/// <summary>Failures that callers answer by trying again, as the gateway and the client library do.</summary>
internal static class TryAgain
{
    /// <summary>A write failed; or the grain's activation ended, as after a write that failed, while the call was on its way to it.</summary>
    public static bool After(Exception failure) => failure is NotDurableException or OrleansMessageRejectionException;
}
