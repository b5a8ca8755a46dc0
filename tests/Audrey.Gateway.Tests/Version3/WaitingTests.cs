using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Audrey.Gateway.Tests.Support;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Audrey.Gateway.Tests.Version3;

public sealed class WaitingTests
{
    private static readonly string Path = $"/v3/instances/{Uri.EscapeDataString(GuestDouble.Uuid)}/";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Who_waits_is_answered_with_what_the_instance_tells_without_another_call()
    {
        var guest = new GuestDouble();
        await using var gateway = await RunningGateway.Start(guest.Factory, ("Audrey:Gateway:WaitCheckInterval", "00:02:00"));
        var waiting = Get(gateway, "configuration?wait=60s", "r1");
        await guest.Watched(1);
        await guest.Tell(guest.Change("r2"));
        using var answer = await waiting.WaitAsync(Deadline);
        Assert.Equal((HttpStatusCode.OK, "r2", "W/\"r2\""), (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.ETag!.ToString()));
    }

    [Fact]
    public async Task News_that_was_lost_is_found_by_asking_again_which_is_no_contact_of_the_guest()
    {
        var guest = new GuestDouble();
        await using var gateway = await RunningGateway.Start(guest.Factory, ("Audrey:Gateway:WaitCheckInterval", "00:00:00.1"));
        var waiting = Get(gateway, "configuration?wait=60s", "r1");
        await guest.Watched(3);
        guest.Change("r2");
        using var answer = await waiting.WaitAsync(Deadline);
        Assert.Equal((HttpStatusCode.OK, "r2", 1), (answer.StatusCode, await answer.Content.ReadAsStringAsync(), guest.Heard));
    }

    [Fact]
    public async Task What_another_generation_tells_is_not_handed_out_but_asked_for()
    {
        var guest = new GuestDouble();
        await using var gateway = await RunningGateway.Start(guest.Factory, ("Audrey:Gateway:WaitCheckInterval", "00:02:00"));
        var waiting = Get(gateway, "configuration?wait=60s", "r1");
        await guest.Watched(1);
        await guest.Tell(new(true, "r9", "r9"u8.ToArray()), generation: 2);
        await guest.Watched(1);
        Assert.False(waiting.IsCompleted);
        await guest.Tell(guest.Change("r2"));
        using var answer = await waiting.WaitAsync(Deadline);
        Assert.Equal("r2", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Where_there_is_no_room_to_wait_the_guest_is_told_to_poll()
    {
        var guest = new GuestDouble();
        await using var gateway = await RunningGateway.Start(guest.Factory, ("Audrey:Gateway:MaxWaiting", "1"), ("Audrey:Gateway:WaitCheckInterval", "00:02:00"));
        var waiting = Get(gateway, "configuration?wait=60s", "r1");
        await guest.Watched(1);
        var watcher = guest.Watcher;
        using var polls = await Get(gateway, "configuration?wait=60s", "r1").WaitAsync(Deadline);
        Assert.Equal(HttpStatusCode.NotModified, polls.StatusCode);
        Assert.InRange(double.Parse(polls.Headers.GetValues("Audrey-Next-Call").Single(), System.Globalization.CultureInfo.InvariantCulture), 5, 15);
        await watcher!.Notify([new(Core.Ids.InstanceId.Parse(GuestDouble.Uuid), 1, guest.Change("r2"))]);
        using var answer = await waiting.WaitAsync(Deadline);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]

    // Its connection stays, and may carry requests of others.
    [InlineData(HttpProtocols.Http2)]
    public async Task A_guest_that_has_gone_takes_no_room(HttpProtocols http)
    {
        var guest = new GuestDouble();
        await using var gateway = await RunningGateway.Start(guest.Factory, http, ("Audrey:Gateway:MaxWaiting", "1"), ("Audrey:Gateway:WaitCheckInterval", "00:02:00"));
        using (var leaving = new CancellationTokenSource())
        {
            var waiting = Send(gateway, HttpMethod.Get, "configuration?wait=60s", "r1", leaving.Token);
            await guest.Watched(1);
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Deadline));
        }

        // Who finds no room is told to come back in 5 s or more, who could wait at once.
        using var soon = new CancellationTokenSource(Deadline);
        double next;
        do
        {
            using var answer = await Send(gateway, HttpMethod.Get, "configuration?wait=0.1s", "r1", soon.Token);
            next = double.Parse(answer.Headers.GetValues("Audrey-Next-Call").Single(), System.Globalization.CultureInfo.InvariantCulture);
        }
        while (next >= 5);
    }

    [Fact]
    public async Task A_stop_answers_those_that_wait()
    {
        var guest = new GuestDouble();
        Task<HttpResponseMessage> waiting;
        await using (var gateway = await RunningGateway.Start(guest.Factory, ("Audrey:Gateway:WaitCheckInterval", "00:02:00")))
        {
            waiting = Get(gateway, "configuration?wait=60s", "r1");
            await guest.Watched(1);
            await gateway.Stop().WaitAsync(Deadline);
            using var answer = await waiting.WaitAsync(Deadline);
            Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
        }
    }

    [Fact]
    public async Task More_than_is_worked_on_at_a_time_is_put_off_with_a_time_to_come_back()
    {
        var guest = new GuestDouble();
        var held = new TaskCompletionSource();
        guest.Beating = held.Task;
        await using var gateway = await RunningGateway.Start(guest.Factory, ("Audrey:Gateway:MaxActive", "2"), ("Audrey:Gateway:MaxActivePerInstance", "1"));
        var first = Send(gateway, HttpMethod.Put, "heartbeat", null);
        await guest.Watched(1);
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
    public async Task Whoever_the_server_has_no_room_for_is_put_off_and_who_waits_takes_no_room()
    {
        var guest = new GuestDouble();
        var held = new TaskCompletionSource();
        guest.Beating = held.Task;
        await using var gateway = await RunningGateway.Start(guest.Factory, ("Audrey:Gateway:MaxActive", "1"), ("Audrey:Gateway:MaxQueued", "0"), ("Audrey:Gateway:WaitCheckInterval", "00:02:00"));
        var waiting = Get(gateway, "configuration?wait=60s", "r1");
        await guest.Watched(1);
        Task<HttpResponseMessage> beat;
        do
        {
            // The instance was asked a moment before the request is counted as waiting.
            beat = Send(gateway, HttpMethod.Put, "heartbeat", null);
            await Task.WhenAny(beat, guest.Watched(1)).WaitAsync(Deadline);
        }
        while (beat.IsCompleted);

        using var refused = await Send(gateway, HttpMethod.Put, "heartbeat", null).WaitAsync(Deadline);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        held.SetResult();
        using var beaten = await beat.WaitAsync(Deadline);
        await guest.Tell(guest.Change("r2"));
        using var answer = await waiting.WaitAsync(Deadline);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (beaten.StatusCode, answer.StatusCode));
    }

    private static Task<HttpResponseMessage> Get(RunningGateway gateway, string path, string revision) => Send(gateway, HttpMethod.Get, path, revision);

    private static async Task<HttpResponseMessage> Send(RunningGateway gateway, HttpMethod method, string path, string? revision, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(method, new Uri(Path + path, UriKind.Relative)) { Version = gateway.Http.DefaultRequestVersion, VersionPolicy = gateway.Http.DefaultVersionPolicy };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{GuestDouble.Uuid}:{GuestDouble.Secret}")));
        if (revision is not null) request.Headers.TryAddWithoutValidation("If-None-Match", $"\"{revision}\"");
        return await gateway.Http.SendAsync(request, cancellation);
    }
}
