using System.Net;
using Audrey.Gateway.Tests.Support;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Audrey.Gateway.Tests.Waiting;

public sealed class LongPollTests
{
    private static readonly string Path = $"/v3/instances/{Uri.EscapeDataString(GuestDouble.Uuid)}/";
    private static readonly (string, string) NoCheck = ("Audrey:Gateway:WaitCheckInterval", "00:02:00");
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_pending_poll_is_answered_from_the_notification_without_another_call_to_the_grain()
    {
        var guest = new GuestDouble();
        await using var gateway = await RunningGateway.Start(guest.Factory, NoCheck);
        var waiting = Get(gateway, "configuration?wait=60s", "r1");
        await guest.Polled(1);
        await guest.Notify(guest.Change("r2"));
        using var answer = await waiting.WaitAsync(Deadline);
        Assert.Equal(
            (HttpStatusCode.OK, "r2", "W/\"r2\""),
            (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.ETag!.ToString()));
    }

    [Fact]
    public async Task If_a_notification_is_lost_a_check_answers_the_poll_and_does_not_count_as_a_contact()
    {
        var guest = new GuestDouble();
        await using var gateway = await RunningGateway.Start(guest.Factory, ("Audrey:Gateway:WaitCheckInterval", "00:00:00.1"));
        var waiting = Get(gateway, "configuration?wait=60s", "r1");
        await guest.Polled(3);
        guest.Change("r2");
        using var answer = await waiting.WaitAsync(Deadline);
        Assert.Equal((HttpStatusCode.OK, "r2", 1), (answer.StatusCode, await answer.Content.ReadAsStringAsync(), guest.GuestPolls));
    }

    [Fact]
    public async Task A_notification_of_another_generation_causes_a_check_and_is_not_sent_to_the_guest()
    {
        var guest = new GuestDouble();
        await using var gateway = await RunningGateway.Start(guest.Factory, NoCheck);
        var waiting = Get(gateway, "configuration?wait=60s", "r1");
        await guest.Polled(1);
        await guest.Notify(new(true, "r9", "r9"u8.ToArray()), generation: 2);
        await guest.Polled(1);
        Assert.False(waiting.IsCompleted);
        await guest.Notify(guest.Change("r2"));
        using var answer = await waiting.WaitAsync(Deadline);
        Assert.Equal("r2", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_guest_over_the_limit_of_waiting_guests_is_told_when_to_poll_next()
    {
        var guest = new GuestDouble();
        await using var gateway = await RunningGateway.Start(guest.Factory, ("Audrey:Gateway:MaxWaiting", "1"), NoCheck);
        var waiting = Get(gateway, "configuration?wait=60s", "r1");
        await guest.Polled(1);
        var subscriber = guest.Subscriber;
        using var polls = await Get(gateway, "configuration?wait=60s", "r1").WaitAsync(Deadline);
        Assert.Equal(HttpStatusCode.NotModified, polls.StatusCode);
        Assert.InRange(NextCallOf(polls), 5, 15);
        await subscriber!.Notify([new(Core.Ids.InstanceId.Parse(GuestDouble.Uuid), 1, guest.Change("r2"))]);
        using var answer = await waiting.WaitAsync(Deadline);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]

    // With HTTP/2, only the stream of the poll ends. The connection stays open and can carry other requests.
    [InlineData(HttpProtocols.Http2)]
    public async Task A_poll_is_no_longer_pending_after_its_guest_disconnects(HttpProtocols http)
    {
        var guest = new GuestDouble();
        await using var gateway = await RunningGateway.Start(guest.Factory, http, ("Audrey:Gateway:MaxWaiting", "1"), NoCheck);
        using (var leaving = new CancellationTokenSource())
        {
            var waiting = Send(gateway, HttpMethod.Get, "configuration?wait=60s", "r1", cancellation: leaving.Token);
            await guest.Polled(1);
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Deadline));
        }

        // As long as the disconnected guest's poll counts, the limit is reached, and the server tells a guest to return after 5 s or more.
        // Later a guest may return immediately.
        using var soon = new CancellationTokenSource(Deadline);
        double next;
        do
        {
            using var answer = await Send(gateway, HttpMethod.Get, "configuration?wait=0.1s", "r1", cancellation: soon.Token);
            next = NextCallOf(answer);
        }
        while (next >= 5);
    }

    [Fact]
    public async Task When_the_server_stops_it_answers_the_pending_polls()
    {
        var guest = new GuestDouble();
        Task<HttpResponseMessage> waiting;
        await using (var gateway = await RunningGateway.Start(guest.Factory, NoCheck))
        {
            waiting = Get(gateway, "configuration?wait=60s", "r1");
            await guest.Polled(1);
            await gateway.Stop().WaitAsync(Deadline);
            using var answer = await waiting.WaitAsync(Deadline);
            Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_request_of_an_instance_at_its_limit_is_rejected_with_Retry_After()
    {
        var guest = new GuestDouble();
        var held = new TaskCompletionSource();
        guest.Heartbeats = held.Task;
        await using var gateway = await RunningGateway.Start(
            guest.Factory, ("Audrey:Gateway:MaxActive", "2"), ("Audrey:Gateway:MaxActivePerInstance", "1"));
        var first = Send(gateway, HttpMethod.Put, "heartbeat", null);
        await guest.Polled(1);
        using var second = await Send(gateway, HttpMethod.Put, "heartbeat", null).WaitAsync(Deadline);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.InRange(second.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Contains("urn:audrey:problem:too-many-requests", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        held.SetResult();
        using var answer = await first.WaitAsync(Deadline);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var third = await Send(gateway, HttpMethod.Put, "heartbeat", null).WaitAsync(Deadline);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    [Fact]
    public async Task A_wrong_secret_does_not_reset_the_limit_of_an_instance()
    {
        var guest = new GuestDouble();
        var held = new TaskCompletionSource();
        guest.Heartbeats = held.Task;
        await using var gateway = await RunningGateway.Start(guest.Factory, ("Audrey:Gateway:MaxActivePerInstance", "1"));
        var first = Send(gateway, HttpMethod.Put, "heartbeat", null);
        await guest.Polled(1);
        using var stranger = await Send(gateway, HttpMethod.Put, "heartbeat", null, secret: "wrong").WaitAsync(Deadline);
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        using var second = await Send(gateway, HttpMethod.Put, "heartbeat", null).WaitAsync(Deadline);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        held.SetResult();
        using var answer = await first.WaitAsync(Deadline);
        using var third = await Send(gateway, HttpMethod.Put, "heartbeat", null).WaitAsync(Deadline);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (answer.StatusCode, third.StatusCode));
    }

    [Fact]
    public async Task A_request_over_the_limit_is_rejected_and_pending_polls_do_not_count_toward_the_limit()
    {
        var guest = new GuestDouble();
        var held = new TaskCompletionSource();
        guest.Heartbeats = held.Task;
        await using var gateway = await RunningGateway.Start(
            guest.Factory, ("Audrey:Gateway:MaxActive", "1"), ("Audrey:Gateway:MaxQueued", "0"), NoCheck);
        var waiting = Get(gateway, "configuration?wait=60s", "r1");
        await guest.Polled(1);
        Task<HttpResponseMessage> beat;
        do
        {
            // The instance receives the poll shortly before the gateway counts the poll as pending. Until then, the heartbeat is rejected.
            beat = Send(gateway, HttpMethod.Put, "heartbeat", null);
            await Task.WhenAny(beat, guest.Polled(1)).WaitAsync(Deadline);
        }
        while (beat.IsCompleted);

        using var refused = await Send(gateway, HttpMethod.Put, "heartbeat", null).WaitAsync(Deadline);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        held.SetResult();
        using var beaten = await beat.WaitAsync(Deadline);
        await guest.Notify(guest.Change("r2"));
        using var answer = await waiting.WaitAsync(Deadline);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (beaten.StatusCode, answer.StatusCode));
    }

    private static double NextCallOf(HttpResponseMessage answer) =>
        double.Parse(answer.Headers.GetValues("Audrey-Next-Call").Single(), System.Globalization.CultureInfo.InvariantCulture);

    private static Task<HttpResponseMessage> Get(RunningGateway gateway, string path, string revision) =>
        Send(gateway, HttpMethod.Get, path, revision);

    private static async Task<HttpResponseMessage> Send(
        RunningGateway gateway, HttpMethod method, string path, string? revision, string secret = GuestDouble.Secret,
        CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(method, new Uri(Path + path, UriKind.Relative))
        {
            Version = gateway.Http.DefaultRequestVersion,
            VersionPolicy = gateway.Http.DefaultVersionPolicy,
        };
        request.Headers.Authorization = RunningGateway.Basic(GuestDouble.Uuid, secret);
        if (revision is not null) request.Headers.TryAddWithoutValidation("If-None-Match", $"\"{revision}\"");
        return await gateway.Http.SendAsync(request, cancellation);
    }
}
