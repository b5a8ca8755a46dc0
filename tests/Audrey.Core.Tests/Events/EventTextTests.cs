using Audrey.Core.Completion;
using Audrey.Core.Events;
using Audrey.Core.Instances;

namespace Audrey.Core.Tests.Events;

public sealed class EventTextTests
{
    [Theory]
    [InlineData(EventKind.FirstContact, "web (uuid) made its first contact from 192.0.2.1")]
    [InlineData(EventKind.ValuesChanged, "web (uuid) changed 'ip', 'port'")]
    [InlineData(EventKind.ServiceFailed, "service 'http' of web (uuid) failed with exit status 3 after 1.5 s")]
    [InlineData(EventKind.InstanceReplaced, "web (uuid) is registered again, in generation 2")]
    [InlineData(EventKind.Missed, "1,200 events of web (uuid) could not be kept")]
    public void An_event_is_described_in_a_sentence(EventKind kind, string expected) => Assert.Equal(expected, Text(new EventNote
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
    public void The_event_for_the_end_of_an_instance_lists_the_failed_services() => Assert.Equal(
        "web (uuid) has ended; it had failed: service 'b' with exit status 7",
        Text(new EventNote
        {
            Kind = EventKind.InstanceEnded,
            At = DateTimeOffset.UnixEpoch,
            Last = new LastState
            {
                Status = CompletionStatus.Error,
                Services =
                [
                    new() { Name = "a", Status = CompletionStatus.Success },
                    new() { Name = "b", Status = CompletionStatus.Error, ExitStatus = "7" },
                ],
            },
        }));

    [Fact]
    public void Every_kind_of_event_has_a_unique_name_and_sentence()
    {
        var kinds = Enum.GetValues<EventKind>();
        Assert.Equal(kinds.Length, kinds.Select(EventKinds.NameOf).Distinct().Count());
        var texts = kinds.Select(kind => Text(new EventNote { Kind = kind, At = DateTimeOffset.UnixEpoch }));
        Assert.Equal(kinds.Length, texts.Distinct().Count());
    }

    private static string Text(EventNote note) => EventText.Of(new DeployableEvent(1, "uuid", "web", note));
}
