using Audrey.Core.Events;
using Audrey.Core.Instances;

namespace Audrey.Core.Tests.Events;

public sealed class EventTextTests
{
    [Theory]
    [InlineData(EventKind.FirstContact, "web (uuid) was heard of for the first time, from 192.0.2.1")]
    [InlineData(EventKind.ValuesChanged, "web (uuid) changed 'ip', 'port'")]
    [InlineData(EventKind.ServiceFailed, "service 'http' of web (uuid) failed with exit status 3 after 1.5 s")]
    [InlineData(EventKind.InstanceReplaced, "web (uuid) is registered anew, in generation 2")]
    [InlineData(EventKind.Missed, "1,200 events of web (uuid) could not be kept")]
    public void An_event_is_told_in_a_sentence(EventKind kind, string expected) => Assert.Equal(expected, Text(new EventNote
    {
        Kind = kind,
        At = DateTimeOffset.UnixEpoch,
        Generation = 2,
        Service = "http",
        ExitStatus = "3",
        Duration = TimeSpan.FromSeconds(1.5),
        Names = ["ip", "port"],
        Count = 1200,
        Address = "192.0.2.1",
    }));

    [Fact]
    public void The_end_of_an_instance_says_what_failed() => Assert.Equal(
        "web (uuid) is no more; it had failed: service 'b' with exit status 7",
        Text(new EventNote
        {
            Kind = EventKind.InstanceEnded,
            At = DateTimeOffset.UnixEpoch,
            Last = new LastState
            {
                Status = CompletionStatus.Error,
                Services = [new() { Name = "a", Status = CompletionStatus.Success }, new() { Name = "b", Status = CompletionStatus.Error, ExitStatus = "7" }],
            },
        }));

    [Fact]
    public void Every_kind_has_a_name_and_a_sentence_of_its_own()
    {
        var kinds = Enum.GetValues<EventKind>();
        Assert.Equal(kinds.Length, kinds.Select(EventKinds.NameOf).Distinct().Count());
        Assert.Equal(kinds.Length, kinds.Select(kind => Text(new EventNote { Kind = kind, At = DateTimeOffset.UnixEpoch })).Distinct().Count());
    }

    private static string Text(EventNote note) => EventText.Of(new DeployableEvent(1, "uuid", "web", note));
}
