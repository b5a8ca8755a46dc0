using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

public sealed class EventsTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_client_resumes_after_a_restart_and_reads_the_events_of_a_deleted_deployable()
    {
        using var directory = new TempDirectory();
        List<Event> events;
        await using (var first = await RunningServer.StartIn(directory.Path))
        {
            var document = Document("web", Provides("port") + Services(Service("http")), "shop");
            Assert.Equal(200, (await first.Conductor.Post("/configs/2/web", document)).Status);
            var guest = first.Basic("web", SecretOf("web"));
            await guest.Give(1, ("port", 80));
            using var answer = await Listen(first, null);
            await using var stream = await Events(answer);
            events = await ReadUntil(stream, "values-given");

            // These reports are acknowledged, but the listener does not read any more events before the server stops.
            await Run(guest, "started");
            await Run(guest, "ended");
            await first.Stop();
        }

        await using var second = await RunningServer.StartIn(directory.Path);
        var conductor = Conductor(second);
        await conductor.DeleteToTheEnd("shop");
        using (var resumed = await Listen(second, events[^1].Number.ToString(System.Globalization.CultureInfo.InvariantCulture)))
        {
            await using var stream = await Events(resumed);
            events.AddRange(await ReadUntil(stream, "deleted"));
            Assert.False(await stream.MoveNextAsync());
        }

        Assert.Equal(Enumerable.Range(1, events.Count).Select(number => (long)number), events.Select(happened => happened.Number));
        Assert.Equal(
            [
                "configuration-complete", "deleted", "first-contact", "instance-ended", "instance-registered", "registered",
                "service-failed", "service-started", "values-given",
            ],
            events.Select(happened => happened.Kind).Order(StringComparer.Ordinal));
        string[] ordered = ["first-contact", "values-given", "service-started", "service-failed", "instance-ended"];
        Assert.Equal(ordered, events.Select(happened => happened.Kind).Where(ordered.Contains));
        var failed = events.Single(happened => happened.Kind == "service-failed");
        Assert.Equal(("http", "7", 1.5, "it is [secret]"), (failed.Service, failed.ExitStatus, failed.DurationSeconds, failed.Output));
        var last = events.Single(happened => happened.Kind == "instance-ended").Last!;
        Assert.Equal(("error", "7", "it is [secret]"), (last.Status, last.Services.Single().ExitStatus, last.Services.Single().Output));

        var page = BasicClient.Read(await conductor.Get("/v3/deployables/shop/events"), Version3Json.Default.EventList);
        Assert.Equal((events.Count, true), (page.Events.Count, page.Ended));
        var other = second.Basic(RunningServer.OtherConductorKey, RunningServer.OtherConductorSecret);
        Assert.Equal(ProblemTypes.NotFound, BasicClient.Problem(await other.Get("/v3/deployables/shop/events"), 404).Type);
        Assert.Equal(ProblemTypes.NotFound, BasicClient.Problem(await conductor.Get("/v3/deployables/none/events"), 404).Type);
    }

    private static BasicClient Conductor(RunningServer server) =>
        server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    private static async Task Run(BasicClient guest, string state)
    {
        var body = new JsonObject { ["generation"] = 1, ["run"] = 1, ["state"] = state };
        if (state == "ended") (body["exitStatus"], body["durationSeconds"], body["output"]) = (7, 1.5, $"it is {SecretOf("web")}");
        var answer = await guest.PutOwn("services/http", body);
        Assert.True(answer.Status == 200, answer.Text);
    }

    private static async Task<HttpResponseMessage> Listen(RunningServer server, string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/v3/deployables/shop/events", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{RunningServer.ConductorKey}:{RunningServer.ConductorSecret}")));
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (lastEventId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        return await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Deadline);
    }

    private static async Task<IAsyncEnumerator<SseItem<string>>> Events(HttpResponseMessage answer) =>
        SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator();

    private static async Task<List<Event>> ReadUntil(IAsyncEnumerator<SseItem<string>> stream, string kind)
    {
        var events = new List<Event>();
        do
        {
            Assert.True(await stream.MoveNextAsync().AsTask().WaitAsync(Deadline), "the stream has ended");
            events.Add(JsonSerializer.Deserialize(stream.Current.Data, Version3Json.Default.Event)!);
        }
        while (events[^1].Kind != kind);
        return events;
    }
}
