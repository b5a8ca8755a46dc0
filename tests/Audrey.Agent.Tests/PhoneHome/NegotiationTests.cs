using Audrey.Agent.Commands;
using Audrey.Agent.PhoneHome;
using Audrey.Agent.Running;
using Audrey.Agent.Tests.Support;

namespace Audrey.Agent.Tests.PhoneHome;

public sealed class NegotiationTests : IAsyncLifetime
{
    private readonly FakeConfigServer _server = new();
    private Guest _guest = null!;

    public Task InitializeAsync()
    {
        _guest = new Guest(_server.Endpoint);
        _server.Service("s");
        _server.Tarball = TestTarball.Of(("s/start", "#!/bin/sh\n"));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _guest.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("https://config.example.com", null, false, "2-3")]
    [InlineData("http://127.0.0.1:4567", null, false, "2-3")]
    [InlineData("http://[::1]:4567", null, false, "2-3")]
    [InlineData("http://localhost:4567", null, false, "2-3")]
    [InlineData("http://config.example.com:4567", null, false, "2")]
    [InlineData("http://10.0.0.5:4567", null, false, "2")]
    [InlineData("http://127.0.0.1.example.com", null, false, "2")]
    [InlineData("http://config.example.com:4567", null, true, "2-3")]
    [InlineData("http://config.example.com:4567", 3, true, "3")]
    [InlineData("http://config.example.com:4567", 2, false, "2")]
    [InlineData("https://config.example.com", 3, false, "3")]
    [InlineData("https://config.example.com", 2, false, "2")]
    public void Version_3_is_asked_for_where_the_secret_may_go(string endpoint, int? version, bool allowed, string wanted) =>
        Assert.Equal(wanted, string.Join('-', Negotiation.Wanted(new Uri(endpoint), new ServerOptions { Version = version, BasicWithoutTls = allowed })));

    [Fact]
    public void To_force_version_3_where_the_secret_may_not_go_is_refused()
    {
        var problem = Assert.Throws<AgentException>(() => Negotiation.Wanted(new Uri("http://config.example.com:4567"), new ServerOptions { Version = 3 }));

        Assert.Equal(ExitCode.Usage, problem.Code);
        Assert.Contains("--basic-without-tls", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_highest_version_of_both_is_spoken_and_asked_for_without_the_secret()
    {
        _server.MaxVersion = 3;

        Assert.Equal(ExitCode.Success, await _guest.RunAsync());

        Assert.Equal(3, _guest.Status.Protocol);
        var (version, probe) = (_server.Requests[0], _server.Requests[1]);
        Assert.Equal(("GET version", "api_compat=2-3"), (FakeConfigServer.KindOf(version), version.Query));
        Assert.Equal("GET hello", FakeConfigServer.KindOf(probe));
        Assert.All([version, probe], request => Assert.DoesNotContain("Authorization", request.Headers.Keys));
        Assert.Contains("Speaks version 3 of the protocol with the server.", _guest.Log);
    }

    [Fact]
    public async Task A_server_that_knows_no_better_is_spoken_with_by_version_2()
    {
        Assert.Equal(ExitCode.Success, await _guest.RunAsync());

        Assert.Equal(2, _guest.Status.Protocol);
        Assert.Equal(0, _server.Requests.Count(request => request.Path.StartsWith("/v3", StringComparison.Ordinal)));
    }

    /// <summary>Each is what a server without TLS, or something before it, answers to hello without the secret.</summary>
    [Theory]
    [InlineData(403, """{"type":"urn:audrey:problem:tls-required","title":"TLS is required","status":403}""", "the server sees no TLS on this connection")]
    [InlineData(401, "Proxy says no", "answered 401, and not as this version has it")]
    [InlineData(404, "", "answered 404, and not as this version has it")]
    public async Task Who_does_not_ask_for_the_secret_as_version_3_does_never_gets_it(int status, string body, string because)
    {
        _server.MaxVersion = 3;
        _server.Instead = (request, _) => FakeConfigServer.KindOf(request) == "GET hello" ? FakeReply.Of(status, body) : null;

        Assert.Equal(ExitCode.Success, await _guest.RunAsync());

        Assert.Equal(2, _guest.Status.Protocol);
        Assert.Equal([("s", "0")], _server.Reported);
        Assert.Contains(_guest.Log, line => line.Contains(because, StringComparison.Ordinal));
        Assert.DoesNotContain(_server.Requests, request => request.Headers.GetValueOrDefault("Authorization")?.StartsWith("Basic", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Forced_version_3_does_not_fall_back()
    {
        _server.MaxVersion = 3;
        _server.Instead = (request, _) => FakeConfigServer.KindOf(request) == "GET hello" ? FakeReply.Of(404, "") : null;

        Assert.Equal(ExitCode.Incomplete, await _guest.RunAsync(new RunOptions { Once = true, Server = new ServerOptions { Version = 3 } }));

        Assert.StartsWith("Version 3 of the protocol cannot be spoken: ", _guest.Status.Trouble, StringComparison.Ordinal);
        Assert.Empty(_server.Reported);
    }

    [Fact]
    public async Task A_server_without_the_forced_version_is_trouble()
    {
        Assert.Equal(ExitCode.Incomplete, await _guest.RunAsync(new RunOptions { Once = true, Server = new ServerOptions { Version = 3 } }));

        Assert.Equal("The server has no protocol version in common with this guest, which speaks 3: upgrade the server.", _guest.Status.Trouble);
    }

    [Fact]
    public async Task A_server_that_becomes_another_while_it_is_waited_for_is_asked_anew()
    {
        _server.MaxVersion = 3;
        _server.Service("t", ("v", null, "later"));
        _server.Provided.Add("later");
        var facts = Directory.CreateDirectory(_guest.File("facts")).FullName;
        _guest.OnPause = () =>
        {
            // Taken back to a version before: it knows no /v3 any more.
            if (_guest.Pauses.Count == 3) _server.MaxVersion = 2;
            if (_guest.Pauses.Count == 12) File.WriteAllText(Path.Combine(facts, "a.txt"), "later=1\n");
        };

        Assert.Equal(ExitCode.ServiceFailed, await _guest.RunAsync(facts: facts));

        Assert.Equal(2, _guest.Status.Protocol);
        Assert.Equal([("s", "0"), ("s", "0"), ("t", "127")], _server.Reported);
    }
}
