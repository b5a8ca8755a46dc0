using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Audrey.Core.Events;
using Audrey.Gateway.Tests.Support;
using Audrey.Protocol.Version3;

namespace Audrey.Gateway.Tests.Endpoints;

public sealed class EventsTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_stream_has_past_and_new_events_each_with_its_number_its_kind_and_one_line_of_JSON()
    {
        var log = new EventsDouble();
        log.Add(EventKind.ServiceStarted);
        await using var gateway = await RunningGateway.Start(log.Factory);
        using var answer = await Open(gateway);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream", "no-store"),
            (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType, answer.Headers.CacheControl!.ToString()));
        await using var stream = await Events(answer);

        Assert.Equal(("service-started", "1"), KindAndId(await stream.Next()));
        log.Add(EventKind.ServiceFailed, output: "line\n\ndata: no\r\n");
        var failed = await stream.Next();
        Assert.Equal(("service-failed", "2"), KindAndId(failed));
        var document = JsonSerializer.Deserialize(failed.Data, Version3Json.Default.Event)!;
        Assert.Equal("line\n\ndata: no\r\n", document.Output);
        Assert.Equal((2, "uuid", "web", "http", "3", 1.5),
            (document.Number, document.Instance, document.Assembly, document.Service, document.ExitStatus, document.DurationSeconds));
        Assert.Equal("service 'http' of web (uuid) failed with exit status 3 after 1.5 s", document.Detail);
    }

    [Fact]
    public async Task A_stream_has_the_format_that_browsers_read()
    {
        var log = new EventsDouble();
        log.Add(EventKind.Deleted);
        log.End();
        await using var gateway = await RunningGateway.Start(log.Factory, ("Audrey:Gateway:RetryAfter", "00:00:03"));
        using var answer = await Open(gateway);
        var text = await answer.Content.ReadAsStringAsync().WaitAsync(Deadline);
        Assert.StartsWith("retry: 3000\n\nid: 1\nevent: deleted\ndata: {\"number\":1,", text, StringComparison.Ordinal);
        Assert.EndsWith("}\n\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_listener_that_reconnects_gets_the_following_events_and_no_event_twice(bool byHeader)
    {
        var log = new EventsDouble();
        for (var i = 0; i < 5; i++) log.Add(EventKind.Applied);
        await using var gateway = await RunningGateway.Start(log.Factory);
        using (var first = await Open(gateway))
        {
            await using var stream = await Events(first);
            Assert.Equal("1", (await stream.Next()).EventId);
            Assert.Equal("2", (await stream.Next()).EventId);
        }

        using var again = byHeader ? await Open(gateway, lastEventId: "2", query: "?after=0") : await Open(gateway, query: "?after=2");
        await using var rest = await Events(again);
        foreach (var number in new[] { "3", "4", "5" }) Assert.Equal(number, (await rest.Next()).EventId);
        log.Add(EventKind.Applied);
        Assert.Equal("6", (await rest.Next()).EventId);
    }

    [Fact]
    public async Task A_listener_that_requests_dropped_events_is_first_sent_the_numbers_of_the_missing_events()
    {
        var log = new EventsDouble();
        for (var i = 0; i < 5; i++) log.Add(EventKind.Applied);
        log.Drop(3);
        await using var gateway = await RunningGateway.Start(log.Factory);
        using var answer = await Open(gateway, lastEventId: "1");
        await using var stream = await Events(answer);
        var gap = await stream.Next();
        Assert.Equal(("gap", null), KindAndId(gap));
        Assert.Equal(("2", "3"), (Text(gap, "from"), Text(gap, "to")));
        Assert.Equal("4", (await stream.Next()).EventId);

        var erased = await Read(gateway, "?after=70");
        Assert.NotNull(erased.Gap);
        Assert.Null(erased.Gap.From);
        Assert.Equal((4L, 5L), (erased.Events[0].Number, erased.Next));
    }

    [Fact]
    public async Task All_pages_are_read_until_the_last_event()
    {
        var log = new EventsDouble();
        for (var i = 0; i < 3; i++) log.Add(EventKind.Applied);
        await using var gateway = await RunningGateway.Start(log.Factory);
        var first = await Read(gateway, "");
        Assert.Equal([1, 2], first.Events.Select(item => item.Number));
        Assert.Equal((2, 3, false), (first.Next, first.Last, first.Ended));
        var second = await Read(gateway, $"?after={first.Next}");
        Assert.Equal((3, 3), (second.Events.Single().Number, second.Next));
        var third = await Read(gateway, $"?after={second.Next}");
        Assert.Equal((0, 3), (third.Events.Count, third.Next));
    }

    [Fact]
    public async Task A_stream_ends_when_its_deployable_is_deleted_and_a_new_connection_is_answered_204()
    {
        var log = new EventsDouble();
        log.Add(EventKind.Applied);
        await using var gateway = await RunningGateway.Start(log.Factory);
        using (var answer = await Open(gateway))
        {
            await using var stream = await Events(answer);
            await stream.Next();
            log.Add(EventKind.Deleted);
            log.End();
            Assert.Equal("2", (await stream.Next()).EventId);
            Assert.False(await stream.HasMore());
        }

        using var again = await Open(gateway, lastEventId: "2");
        Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
        using var whole = await Open(gateway, lastEventId: "1");
        Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
    }

    [Fact]
    public async Task A_conductor_at_its_limit_of_streams_can_open_another_stream_after_it_has_closed_one()
    {
        var log = new EventsDouble();
        log.Add(EventKind.Applied);
        await using var gateway = await RunningGateway.Start(log.Factory, ("Audrey:Gateway:MaxEventStreams", "1"),
            ("Audrey:Gateway:WaitCheckInterval", "00:00:00.1"));

        // This client closes a stream immediately and does not read the rest of it first.
        using var handler = new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero };
        using var client = new HttpClient(handler) { BaseAddress = gateway.Http.BaseAddress };
        using (var first = await Open(gateway, client: client))
        {
            await using var stream = await Events(first);
            await stream.Next();
            using var second = await Open(gateway);
            Assert.Equal((HttpStatusCode.Conflict, "application/problem+json"),
                (second.StatusCode, second.Content.Headers.ContentType!.MediaType));
            var problem = await second.Content.ReadAsStringAsync();
            Assert.Contains("urn:audrey:problem:quota-exceeded", problem, StringComparison.Ordinal);
            Assert.Contains("MaxEventStreams", problem, StringComparison.Ordinal);
            Assert.Equal(1, (await Read(gateway, "")).Last);
        }

        // The server detects the closed connection with a short delay.
        for (var attempt = 0; ; attempt++)
        {
            using var next = await Open(gateway);
            if (next.StatusCode == HttpStatusCode.OK) break;
            Assert.True(attempt < 10_000, "the stream still counted");
        }
    }

    [Fact]
    public async Task An_open_stream_does_not_count_as_a_request_in_progress()
    {
        var log = new EventsDouble();
        log.Add(EventKind.Applied);
        await using var gateway = await RunningGateway.Start(log.Factory, ("Audrey:Gateway:MaxActivePerConductor", "1"));
        using var answer = await Open(gateway);
        await using var stream = await Events(answer);
        await stream.Next();
        using var page = await Open(gateway, accept: "application/json");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Fact]
    public async Task A_stream_continues_after_the_event_log_was_unavailable()
    {
        var log = new EventsDouble();
        log.Add(EventKind.Applied);
        await using var gateway = await RunningGateway.Start(log.Factory, ("Audrey:Gateway:RetryAfter", "00:00:01"),
            ("Audrey:Gateway:WaitCheckInterval", "00:00:00.1"));
        using var answer = await Open(gateway);
        await using var stream = await Events(answer);
        await stream.Next();
        log.Fail(1);
        log.Add(EventKind.Applied);
        Assert.Equal("2", (await stream.Next()).EventId);
    }

    [Fact]
    public async Task When_the_server_stops_it_ends_streams_in_an_orderly_way()
    {
        var log = new EventsDouble();
        log.Add(EventKind.Applied);
        await using var gateway = await RunningGateway.Start(log.Factory);
        using var answer = await Open(gateway);
        await using var stream = await Events(answer);
        await stream.Next();
        await gateway.Stop().WaitAsync(Deadline);
        Assert.False(await stream.HasMore());
    }

    [Fact]
    public async Task A_slow_reader_delays_its_own_stream_and_misses_nothing()
    {
        const int Many = 1000;
        var log = new EventsDouble();
        var output = new string('x', 64 * 1024);
        for (var i = 0; i < Many; i++) log.Add(EventKind.Applied, output: output);
        await using var gateway = await RunningGateway.Start(log.Factory);
        using var slow = await Open(gateway);
        await using (var reading = await Events(await Open(gateway)))
            for (var number = 1; number <= Many; number++) Assert.Equal(Number(number), (await reading.Next()).EventId);

        // One listener has read all events. The slow listener has read no events. For the slow listener, the server has read only as many
        // events as fit into the socket buffers.
        Assert.InRange(log.EventsRead, Many + 1, Many + Many / 2);
        await using var stream = await Events(slow);
        for (var number = 1; number <= Many; number++) Assert.Equal(Number(number), (await stream.Next()).EventId);
    }

    [Fact]
    public async Task A_quiet_connection_is_kept_alive_by_comments()
    {
        var log = new EventsDouble();
        log.Add(EventKind.Applied);
        await using var gateway = await RunningGateway.Start(log.Factory, ("Audrey:Gateway:WaitCheckInterval", "00:00:00.1"));
        using var answer = await Open(gateway, lastEventId: "1");
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var lines = new List<string?>();
        while (lines.Count(line => line == ":") < 2) lines.Add(await reader.ReadLineAsync().WaitAsync(Deadline));
        Assert.Equal(["retry: 2000", ":"], lines.Where(line => line != "").Distinct());
    }

    [Theory]
    [InlineData("?after=x", null, "after")]
    [InlineData("?after=-1", null, "after")]
    [InlineData("", "abc", "Last-Event-ID")]
    public async Task The_problem_for_an_invalid_number_names_the_parameter(string query, string? lastEventId, string named)
    {
        var log = new EventsDouble();
        log.Add(EventKind.Applied);
        await using var gateway = await RunningGateway.Start(log.Factory);
        using var answer = await Open(gateway, lastEventId, query);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), Version3Json.Default.Problem)!;
        Assert.Equal((ProblemTypes.BadRequest, named), (problem.Type, problem.Errors!.Single().Pointer));
    }

    private static async Task<HttpResponseMessage> Open(
        RunningGateway gateway,
        string? lastEventId = null,
        string query = "",
        string accept = "text/event-stream",
        HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/v3/deployables/shop/events" + query, UriKind.Relative));
        request.Headers.Authorization = RunningGateway.Basic(RunningGateway.ConductorKey, RunningGateway.ConductorSecret);
        request.Headers.Accept.ParseAdd(accept);
        if (lastEventId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        return await (client ?? gateway.Http).SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Deadline);
    }

    private static async Task<EventList> Read(RunningGateway gateway, string query)
    {
        using var answer = await Open(gateway, query: query, accept: "application/json");
        return JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), Version3Json.Default.EventList)!;
    }

    private static async Task<Listener> Events(HttpResponseMessage answer) =>
        new(SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator());

    private static (string Kind, string? Id) KindAndId(SseItem<string> item) => (item.EventType, item.EventId);

    private static string Number(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(SseItem<string> item, string name)
    {
        using var json = JsonDocument.Parse(item.Data);
        return json.RootElement.GetProperty(name).GetRawText();
    }

    private sealed class Listener(IAsyncEnumerator<SseItem<string>> items) : IAsyncDisposable
    {
        public Task<bool> HasMore() => items.MoveNextAsync().AsTask().WaitAsync(Deadline);

        public async Task<SseItem<string>> Next()
        {
            Assert.True(await HasMore(), "the stream has ended");
            return items.Current;
        }

        public ValueTask DisposeAsync() => items.DisposeAsync();
    }
}
