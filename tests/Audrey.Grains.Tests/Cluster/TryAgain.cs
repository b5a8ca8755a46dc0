using Audrey.Abstractions;
using Orleans.Runtime;

namespace Audrey.Grains.Tests.Cluster;

/// <summary>The failures after which a caller retries. The gateway and the client library do the same.</summary>
internal static class TryAgain
{
    /// <summary>
    /// Returns true if a write failed, or if the grain's activation ended before the call reached it. The activation ends, for example,
    /// after a failed write.
    /// </summary>
    public static bool After(Exception failure) => failure is NotDurableException or OrleansMessageRejectionException;

    /// <summary>Repeats a call until the activation whose write failed has ended.</summary>
    public static async Task Until(Func<Task> call)
    {
        while (true)
        {
            try
            {
                await call();
                return;
            }
            catch (Exception failure) when (After(failure))
            {
                await Task.Yield();
            }
        }
    }
}
