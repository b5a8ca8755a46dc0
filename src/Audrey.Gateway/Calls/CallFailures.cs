using Audrey.Abstractions;
using Orleans.Runtime;
using Orleans.Runtime.Messaging;

namespace Audrey.Gateway.Calls;

/// <summary>Tells what failed: a call that the cluster lost may be made again.</summary>
internal static class CallFailures
{
    /// <summary>
    /// Whether the outcome is unknown or the call never arrived, as in the gap after a silo's death. A write that was not made is one of
    /// these: the grain starts anew from what is stored, as when a silo that is taken for dead wrote the row last.
    /// </summary>
    public static bool IsLost(Exception failure) => failure is
        OrleansMessageRejectionException or SiloUnavailableException or TimeoutException or ConnectionFailedException or NotDurableException;
}
