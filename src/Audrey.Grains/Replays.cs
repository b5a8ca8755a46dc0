using Audrey.Abstractions;
using Audrey.Core.Replay;

namespace Audrey.Grains;

/// <summary>How grains judge requests.</summary>
internal static class Replays
{
    /// <summary>Says whether a request is fresh, repeated or to be refused.</summary>
    /// <exception cref="NotDurableException">More requests came in one second of the sender's clock than are remembered.</exception>
    public static Freshness Judged(this ReplayMemory memory, RequestMark mark) => memory.Judge(mark) switch
    {
        Freshness.TooManyAtOnce => throw new NotDurableException(
            $"more than {ReplayMemory.MaxAtOnce} requests came in one second of the sender's clock; try again a second later"),
        var freshness => freshness,
    };
}
