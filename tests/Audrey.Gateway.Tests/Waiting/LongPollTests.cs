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
    public async Task A_pending_poll_is_answered_with_the_notification_and_without_another_call()
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
    public async Task A_lost_notification_is_made_up_for_by_a_check_that_does_not_count_as_a_contact()
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
    public async Task A_notification_of_another_generation_is_not_handed_out_but_checked()
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
    public async Task A_guest_that_finds_no_room_to_wait_is_told_when_to_poll()
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

    // With HTTP/2 the connection stays open and can carry other requests.
    [InlineData(HttpProtocols.Http2)]
    public async Task A_poll_of_a_guest_that_has_gone_is_not_pending_any_more(HttpProtocols http)
    {
        var guest = new GuestDouble();
        await using var gateway = await RunningGateway.Start(guest.Factory, http, ("Audrey:Gateway:MaxWaiting", "1"), NoCheck);
        using (var leaving = new CancellationTokenSource())
        {
            var waiting = Send(gateway, HttpMethod.Get, "configuration?wait=60s", "r1", leaving.Token);
            await guest.Polled(1);
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Deadline));
        }

        // If no long poll is available, the server asks the guest to return after 5 s or more. Otherwise the guest can return immediately.
        using var soon = new CancellationTokenSource(Deadline);
        double next;
        do
        {
            using var answer = await Send(gateway, HttpMethod.Get, "configuration?wait=0.1s", "r1", soon.Token);
            next = NextCallOf(answer);
        }
        while (next >= 5);
    }

    [Fact]
    public async Task A_stop_answers_the_pending_polls()
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
    public async Task An_instance_at_its_limit_is_rejected_with_a_time_to_come_back()
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
    public async Task A_request_over_the_limit_is_rejected_and_pending_polls_do_not_count()
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
            // The instance is polled shortly before the poll counts as pending.
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
        RunningGateway gateway, HttpMethod method, string path, string? revision, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(method, new Uri(Path + path, UriKind.Relative))
        {
            Version = gateway.Http.DefaultRequestVersion,
            VersionPolicy = gateway.Http.DefaultVersionPolicy,
        };
        request.Headers.Authorization = RunningGateway.Basic(GuestDouble.Uuid, GuestDouble.Secret);
        if (revision is not null) request.Headers.TryAddWithoutValidation("If-None-Match", $"\"{revision}\"");
        return await gateway.Http.SendAsync(request, cancellation);
    }
}
