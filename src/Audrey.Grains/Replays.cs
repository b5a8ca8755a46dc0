using Audrey.Abstractions;
using Audrey.Core.Replay;

namespace Audrey.Grains;

/// <summary>Judges whether requests are repeated.</summary>
internal static class Replays
{
    /// <summary>Returns whether a request is fresh, repeated or to be refused.</summary>
    /// <exception cref="NotDurableException">The memory is full: too many requests arrived within one second of the sender's
    /// clock.</exception>
    public static Freshness Judged(this ReplayMemory memory, RequestMark mark) => memory.Judge(mark) switch
    {
        Freshness.TooManyAtOnce => throw new NotDurableException(
            $"more than {ReplayMemory.MaxAtOnce} requests came in one second of the sender's clock; try again a second later"),
        var freshness => freshness,
    };
}
