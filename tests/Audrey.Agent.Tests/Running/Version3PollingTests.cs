using System.Text.Json.Nodes;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Running;

/// <summary>The times at which a guest of version 3 calls the server.</summary>
public sealed class Version3PollingTests : IAsyncLifetime
{
    private readonly FakeConfigServer _server = new() { MaxVersion = 3 };
    private Guest _guest = null!;

    public Task InitializeAsync()
    {
        _guest = new Guest(_server.Endpoint) { Version = 3 };
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _guest.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_guest_makes_its_next_call_at_the_time_that_the_server_gives()
    {
        _server.Service("s");
        Script("s", "true");
        var once = true;
        _server.Instead = (request, _) =>
        {
            if (FakeConfigServer.KindOf(request) != "GET configuration" || !once) return null;
            once = false;
            var body = JsonNode.Parse(
                """{"revision":"r","generation":1,"complete":false,"services":[{"name":"s","complete":false,"parameters":[]}]}""")!;
            return FakeReply.Create(200, body.ToJsonString(), "Audrey-Next-Call: 12.5\r\n");
        };

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        Assert.Equal([TimeSpan.FromSeconds(12.5)], _guest.Pauses);
    }

    /// <summary>The server asked the guest to wait. During this wait, the clock is set back by eight hours.</summary>
    [Fact]
    public async Task A_clock_that_is_set_back_does_not_delay_the_next_call()
    {
        _server.Service("t", ("x", null, "never"));
        _server.Instead = (request, count) =>
        {
            if (FakeConfigServer.KindOf(request) != "GET configuration") return null;
            _guest.Time.SetBack(TimeSpan.FromHours(8));
            return FakeReply.Create(
                200,
                Incomplete($"r{count}"),
                "Audrey-Next-Call: 7.5\r\n");
        };
        using var stop = new CancellationTokenSource();
        _guest.OnPause = () =>
        {
            _guest.Time.SetBack(TimeSpan.FromHours(8));
            if (_guest.Pauses.Count == 5) stop.Cancel();
        };

        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(cancellationToken: stop.Token));

        Assert.All(_guest.Pauses, pause => Assert.InRange(pause, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(7.5)));
    }

    [Fact]
    public async Task The_log_continues_after_the_clock_is_set_back()
    {
        _server.Service("t", ("x", null, "never"));
        using var stop = new CancellationTokenSource();
        _guest.OnPause = () =>
        {
            if (_guest.Pauses.Count == 2) _guest.Time.SetBack(TimeSpan.FromHours(8));
            if (_guest.Pauses.Count == 160) stop.Cancel();
        };

        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(cancellationToken: stop.Token));

        Assert.InRange(_guest.Log.Count(line => line.StartsWith("t: x ", StringComparison.Ordinal)), 2, 3);
    }

    [Fact]
    public async Task Heartbeats_are_sent_while_a_service_runs()
    {
        _server.Service("s");
        Script("s", $"echo >{_guest.File("begun")}; while ! [ -e {_guest.File("go")} ]; do sleep 0.01; done");
        using var beats = new SemaphoreSlim(0);
        var received = 0;
        _server.Instead = (request, _) =>
        {
            if (FakeConfigServer.KindOf(request) != "PUT heartbeat") return null;
            beats.Release();

            // The server never answers the second request. The missing answer must not delay the exit of the service.
            return ++received == 2 ? new FakeReply([]) { Hang = true } : null;
        };
        var run = _guest.RunAsync();
        await FileWait.UntilExists(_guest.File("begun"));

        for (var beat = 0; beat < 2; beat++)
        {
            _guest.Time.Advance(TimeSpan.FromMinutes(1));
            Assert.True(await beats.WaitAsync(TimeSpan.FromSeconds(30)), "no heartbeat");
        }

        await File.WriteAllTextAsync(_guest.File("go"), "");
        Assert.Equal(AgentExitCode.Success, await run);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(60)]
    public async Task A_server_that_does_not_wait_is_polled_at_the_interval(int maxWaitSeconds)
    {
        _server.MaxWaitSeconds = maxWaitSeconds;
        _server.Service("t", ("x", null, "never"));
        using var stop = new CancellationTokenSource();
        _guest.OnPause = () =>
        {
            if (_guest.Pauses.Count == 10) stop.Cancel();
        };

        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(cancellationToken: stop.Token));

        Assert.All(_guest.Pauses, pause => Assert.InRange(pause, TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(5)));
        Assert.InRange(_server.Requests.Count(request => FakeConfigServer.KindOf(request) == "GET configuration"), 9, 12);
    }

    [Fact]
    public async Task A_server_with_a_new_revision_each_time_is_polled_at_the_interval()
    {
        var answers = 0;
        using var stop = new CancellationTokenSource();
        _server.Service("t", ("x", null, "never"));
        _server.Instead = (request, _) => FakeConfigServer.KindOf(request) == "GET configuration"
            ? FakeReply.Create(200, Incomplete($"r{answers++}"))
            : null;
        _guest.OnPause = () =>
        {
            if (_guest.Pauses.Count == 10) stop.Cancel();
        };

        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(cancellationToken: stop.Token));

        Assert.InRange(answers, 10, 25);
    }

    private void Script(string service, string script) =>
        _server.Tarball = TestTarball.Create(($"{service}/start", $"#!/bin/sh\n{script}\n"));

    private static string Incomplete(string revision) =>
        $$"""{"revision":"{{revision}}","generation":1,"complete":false,"services":[{"name":"t","complete":false,"parameters":[]}]}""";
}
