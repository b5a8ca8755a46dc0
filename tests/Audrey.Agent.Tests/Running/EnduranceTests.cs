using System.Net;
using System.Text;
using Audrey.Agent.ConfigServer;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Stages;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Running;

public abstract class EnduranceTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private protected readonly FakeConfigServer _server;
    private protected Guest _guest = null!;
    private readonly string _assignment;

    /// <summary>The tests run with each protocol version.</summary>
    protected EnduranceTests(int version)
    {
        _server = new FakeConfigServer { MaxVersion = version };
        _assignment = version == 2 ? "GET params" : "GET configuration";
    }

    public Task InitializeAsync()
    {
        _guest = new Guest(_server.Endpoint) { Version = _server.MaxVersion };
        _server.Provided.Add("hostname");
        _server.Service("s", ("v", "1", null));
        _server.Tarball = TestTarball.Create(("s/start", $"#!/bin/sh\necho ran >>{_guest.File("out")}\n"));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _guest.Dispose();
        await _server.DisposeAsync();
    }

    /// <summary>
    /// Returns every combination of a wrong answer and a kind of request. The server gives the wrong answer five times, and the run must
    /// still succeed.
    /// </summary>
    private protected static TheoryData<string, string> MisbehaviourFor(params string[] kinds)
    {
        var data = new TheoryData<string, string>();
        foreach (var kind in kinds)
            foreach (var way in Ways.Keys)
                data.Add(kind, way);
        return data;
    }

    private static readonly Dictionary<string, Func<FakeReply>> Ways = new()
    {
        ["nothing"] = () => new FakeReply([]),
        ["reset"] = () => new FakeReply([]) { Reset = true },
        ["reset in the body"] = () =>
            new FakeReply(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n|")) { Reset = true },
        ["cut off"] = () => new FakeReply(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n|s")),
        ["cut off chunks"] = () => new FakeReply(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n||")),
        ["no HTTP"] = () => new FakeReply("SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray()),
        ["a portal"] = () => FakeReply.Create(200, "<html>Please log in</html>", "Content-Type: text/html\r\n"),
        ["an empty answer"] = () => FakeReply.Create(200, ""),
        ["no UTF-8"] = () => FakeReply.Create(200, [0x7c, 0xff, 0xfe, 0x7c]),
        ["a huge answer"] = () => new FakeReply(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")),
        ["huge headers"] = () => new FakeReply(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nX: {new string('x', 200_000)}\r\n\r\n")),
        ["a redirect"] = () => FakeReply.Create(302, "", "Location: http://127.0.0.1:1/\r\n"),
        ["no content"] = () => new FakeReply(Encoding.ASCII.GetBytes("HTTP/1.1 204 No\r\nConnection: close\r\n\r\n")),
        ["401"] = () => FakeReply.Create(401, "Not Authorized\n"),
        ["404"] = () => FakeReply.Create(404, ""),
        ["500"] = () => FakeReply.Create(500, "oops"),
        ["503"] = () => FakeReply.Create(503, "", "Retry-After: 2\r\n"),
    };

    private protected async Task SurviveAsync(string kind, string way)
    {
        var remaining = 5;
        _server.Instead = (request, _) => FakeConfigServer.KindOf(request) == kind && remaining-- > 0 ? Ways[way]() : null;

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        Assert.True(remaining < 0, "There was no further request.");
        Assert.Equal("ran\n", await File.ReadAllTextAsync(_guest.File("out")));
        Assert.Equal([("s", "0")], _server.Reported);
        Assert.Null(_guest.Status.Problem);
        // If the HTTP library receives no byte of an answer, it repeats the request up to three times.
        Assert.InRange(_guest.Pauses.Count, 1, 6);
    }

    [Fact]
    public async Task The_guest_stops_reading_an_endless_answer_at_the_maximum_size()
    {
        var remaining = 2;
        var options = new RunOptions { Server = new ConfigServerOptions { MaxAnswerBytes = 2000 } };
        _server.Instead = (request, _) => FakeConfigServer.KindOf(request) == _assignment && remaining-- > 0
            ? new FakeReply(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n\r\n{new string('x', 2000)}")) { Drip = true }
            : null;

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync(options));

        Assert.Contains("the answer is larger than 2000 bytes", _guest.Log);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_guest_stops_reading_a_slow_answer_at_the_maximum_time(bool drip)
    {
        var hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var remaining = 1;
        _server.Instead = (request, _) =>
        {
            if (FakeConfigServer.KindOf(request) != _assignment || remaining-- <= 0) return null;
            hanging.TrySetResult();
            return new FakeReply(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n|"))
            {
                Hang = !drip,
                Drip = drip
            };
        };

        var run = _guest.RunAsync();
        await hanging.Task;
        _guest.Time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(AgentExitCode.Success, await run);
        Assert.Contains(_guest.Log, line => line.EndsWith("no complete answer within 60 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_is_down_for_an_hour_is_called_less_and_less_often()
    {
        var start = _guest.Time.GetUtcNow();
        _server.Instead = (_, _) => _guest.Time.GetUtcNow() - start < Hour ? new FakeReply([]) { Reset = true } : null;

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        Assert.InRange(_guest.Time.GetUtcNow() - start, Hour, Hour + TimeSpan.FromMinutes(1));
        Assert.InRange(_guest.Pauses.Count, 60, 130);
        Assert.All(_guest.Pauses, pause => Assert.InRange(pause, TimeSpan.FromSeconds(0.5), TimeSpan.FromMinutes(1)));
        Assert.True(_guest.Pauses[..5].SequenceEqual(_guest.Pauses[..5].Order()), "The first pauses must grow.");
        Assert.True(_guest.Pauses.Distinct().Count() > 40, "The pauses must be random.");
    }

    [Fact]
    public async Task Retry_After_is_followed_up_to_an_hour()
    {
        var answers = new Queue<string>(["Retry-After: 600\r\n", "Retry-After: 99999999\r\n",
            "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nRetry-After: Thu, 01 Jan 1970 00:05:00 GMT\r\n"]);
        _server.Instead = (_, _) => answers.TryDequeue(out var headers) ? FakeReply.Create(503, "", headers) : null;

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        Assert.Equal([TimeSpan.FromMinutes(10), Hour, TimeSpan.FromMinutes(5)], _guest.Pauses);
    }

    [Fact]
    public async Task A_configuration_that_never_completes_is_polled_until_the_run_is_stopped()
    {
        _server.Service("t", ("x", null, "nothing gives this"));
        using var stop = new CancellationTokenSource();
        _guest.OnPause = () =>
        {
            if (_guest.Pauses.Count == 20) stop.Cancel();
        };

        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(cancellationToken: stop.Token));

        Assert.Equal(RunPhase.Stopped, _guest.Status.Phase);
        Assert.Equal([("s", ServiceRunState.Succeeded), ("t", ServiceRunState.Waiting)],
            _guest.Status.Services.Select(service => (service.Name, service.State)));
        Assert.All(_guest.Pauses, pause => Assert.InRange(pause, TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task A_host_name_that_does_not_resolve_is_resolved_again_later()
    {
        using var stop = new CancellationTokenSource();
        _guest.OnPause = () =>
        {
            if (_guest.Pauses.Count == 3) stop.Cancel();
        };
        var access = new ServerAccess(new Uri("https://no-such-host.invalid:4567"), FakeConfigServer.Id, FakeConfigServer.Secret);

        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(access, null, null, stop.Token));

        Assert.Equal("GET https://no-such-host.invalid:4567/version: the server's name cannot be resolved (yet)", _guest.Status.Problem);
    }

    [Fact]
    public async Task A_wrong_clock_does_not_matter()
    {
        _guest.Time.AdjustTime(new DateTimeOffset(1971, 1, 1, 0, 0, 0, TimeSpan.Zero));

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        Assert.Equal([("s", "0")], _server.Reported);
    }

    [Fact]
    public async Task An_interrupted_service_runs_again_and_an_ended_service_is_only_reported()
    {
        var reported = 0;
        _server.Instead = (request, _) =>
        {
            // The guest loses power before its first report arrives.
            if (!FakeConfigServer.IsEnd(request) || reported++ > 0) return null;
            return new FakeReply([]) { Reset = true };
        };
        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(new RunOptions { Once = true }));
        Assert.Empty(_server.Reported);

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());
        Assert.Equal("ran\n", await File.ReadAllTextAsync(_guest.File("out")));
        Assert.Equal([("s", "0")], _server.Reported);

        var journal = Path.Combine(_guest.State, "journal.json");
        var interrupted = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(journal))!;
        interrupted["services"]!["s"]!.AsObject().Remove("ended");
        await File.WriteAllTextAsync(journal, interrupted.ToJsonString());
        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());
        Assert.Equal("ran\nran\n", await File.ReadAllTextAsync(_guest.File("out")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"format\":1,\"iden")]
    [InlineData("{\"format\":99,\"identity\":\"x\"}")]
    public async Task A_damaged_journal_is_replaced(string journal)
    {
        StateDirectory.Open(_guest.State);
        await File.WriteAllTextAsync(Path.Combine(_guest.State, "lock"), "");
        await File.WriteAllTextAsync(Path.Combine(_guest.State, "journal.json"), journal);

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        Assert.Equal([("s", "0")], _server.Reported);
    }

    [Fact]
    public async Task The_journal_of_another_instance_is_ignored()
    {
        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());
        var journal = Path.Combine(_guest.State, "journal.json");
        var other = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(journal))!;
        other["identity"] = "the one that this image was made from";
        await File.WriteAllTextAsync(journal, other.ToJsonString());

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        Assert.Equal("ran\nran\n", await File.ReadAllTextAsync(_guest.File("out")));
    }

    [Fact]
    public async Task A_second_concurrent_run_exits()
    {
        var state = StateDirectory.Open(_guest.State);
        using var first = RunLock.Take(state);

        var problem = Assert.Throws<AgentException>(() => RunLock.Take(state));

        Assert.Equal(AgentExitCode.Busy, problem.Code);
        first.Dispose();
        RunLock.Take(state).Dispose();
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_service_that_runs_too_long_is_terminated_with_its_children()
    {
        // A reader sees the end of the pipe when every process that has the pipe open has exited.
        var (pipe, begun) = (_guest.File("pipe"), _guest.File("begun"));
        _server.Tarball = TestTarball.Create(("s/start", $"#!/bin/sh\nmkfifo {pipe}\nsleep 1000 >{pipe} &\necho >{begun}\nsleep 1000\n"));
        var run = _guest.RunAsync(new RunOptions { MaxServiceTime = TimeSpan.FromMinutes(10) });
        await FileWait.UntilExists(begun);

        // If the test fails, the stream is not disposed, because the disposal would wait for the end of the read.
        var held = await Task.Run(() => File.OpenRead(pipe)).WaitAsync(Deadline);
        _guest.Time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(AgentExitCode.ServiceFailed, await run);

        Assert.Equal([("s", "124")], _server.Reported);
        Assert.Equal("it ran longer than 600 s and was ended", Assert.Single(_guest.Status.Services).Problem);
        Assert.Equal(0, await held.ReadAsync(new byte[1]).AsTask().WaitAsync(Deadline));
        await held.DisposeAsync();
    }
}
