using Audrey.Cli.Connection;
using Audrey.Protocol.Version3;

namespace Audrey.Cli.Tests.Events;

public sealed class EventSequenceTests
{
    [Fact]
    public void Missing_events_are_told_once()
    {
        var sequence = new EventSequence(2);
        Assert.Null(sequence.Add(Number(3)));
        Assert.Equal("events 4 to 8 are no longer kept", sequence.Add(Number(9)));
        Assert.Null(sequence.Add(Number(10)));
        Assert.Equal("the history was erased, and its numbers started again", sequence.Add(Number(1)));
        Assert.Null(sequence.Add(Number(2)));
    }

    private static Event Number(long number) =>
        new() { Number = number, Time = DateTimeOffset.UnixEpoch, Kind = "registered", Detail = "" };
}
