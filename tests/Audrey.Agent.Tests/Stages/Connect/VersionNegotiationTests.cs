using Audrey.Agent.ConfigServer;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Stages;
using Audrey.Agent.Stages.Connect;
using Audrey.Agent.Tests.Support;

namespace Audrey.Agent.Tests.Stages.Connect;

public sealed class VersionNegotiationTests : IAsyncLifetime
{
    private readonly FakeConfigServer _server = new();
    private Guest _guest = null!;

    public Task InitializeAsync()
    {
        _guest = new Guest(_server.Endpoint);
        _server.Service("s");
        _server.Tarball = TestTarball.Create(("s/start", "#!/bin/sh\n"));
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
    public void Version_3_is_acceptable_only_if_the_secret_may_be_sent(string endpoint, int? version, bool allowed, string wanted) =>
        Assert.Equal(wanted, string.Join('-', VersionNegotiation.AcceptableVersions(new Uri(endpoint),
            new ConfigServerOptions { Version = version, BasicWithoutTls = allowed })));

    [Fact]
    public void Requiring_version_3_is_an_error_if_the_secret_must_not_be_sent_to_the_endpoint()
    {
        var problem = Assert.Throws<AgentException>(() =>
            VersionNegotiation.AcceptableVersions(new Uri("http://config.example.com:4567"), new ConfigServerOptions { Version = 3 }));

        Assert.Equal(AgentExitCode.Usage, problem.Code);
        Assert.Contains("--basic-without-tls", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_version_2_the_tarball_is_requested_in_the_format_that_the_guest_can_read()
    {
        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        var request = _server.Requests.Single(request => request.Path.StartsWith("/files/", StringComparison.Ordinal));
        Assert.StartsWith("application/gzip", request.Headers["Accept"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_highest_common_version_is_used_and_negotiated_without_the_secret()
    {
        _server.MaxVersion = 3;

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        Assert.Equal(3, _guest.Status.Protocol);
        var (version, probe) = (_server.Requests[0], _server.Requests[1]);
        Assert.Equal(("GET version", "api_compat=2-3"), (FakeConfigServer.KindOf(version), version.Query));
        Assert.Equal("GET hello", FakeConfigServer.KindOf(probe));
        Assert.All([version, probe], request => Assert.DoesNotContain("Authorization", request.Headers.Keys));
        Assert.Contains("Protocol version 3 is used with the server.", _guest.Log);
    }

    [Fact]
    public async Task Version_2_is_used_with_a_server_that_does_not_support_version_3()
    {
        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        Assert.Equal(2, _guest.Status.Protocol);
        Assert.Equal(0, _server.Requests.Count(request => request.Path.StartsWith("/v3", StringComparison.Ordinal)));
    }

    /// <summary>A server without TLS or a proxy answers a hello that was sent without the secret.</summary>
    [Theory]
    [InlineData(
        403,
        """{"type":"urn:audrey:problem:tls-required","title":"TLS is required","status":403}""",
        "the server sees no TLS on this connection")]
    [InlineData(401, "Proxy says no", "was answered with 401, unlike in version 3")]
    [InlineData(404, "", "was answered with 404, unlike in version 3")]
    public async Task The_secret_is_sent_only_after_a_challenge_of_version_3(int status, string body, string reason)
    {
        _server.MaxVersion = 3;
        _server.Instead = (request, _) => FakeConfigServer.KindOf(request) == "GET hello" ? FakeReply.Create(status, body) : null;

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        Assert.Equal(2, _guest.Status.Protocol);
        Assert.Equal([("s", "0")], _server.Reported);
        Assert.Contains(_guest.Log, line => line.Contains(reason, StringComparison.Ordinal));
        Assert.DoesNotContain(_server.Requests, request =>
            request.Headers.GetValueOrDefault("Authorization")?.StartsWith("Basic", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_required_version_3_does_not_fall_back_to_version_2()
    {
        _server.MaxVersion = 3;
        _server.Instead = (request, _) => FakeConfigServer.KindOf(request) == "GET hello" ? FakeReply.Create(404, "") : null;

        Assert.Equal(AgentExitCode.Incomplete,
            await _guest.RunAsync(new RunOptions { Once = true, Server = new ConfigServerOptions { Version = 3 } }));

        Assert.StartsWith("Protocol version 3 cannot be used: ", _guest.Status.Problem, StringComparison.Ordinal);
        Assert.Empty(_server.Reported);
    }

    [Fact]
    public async Task A_server_without_the_required_version_is_a_problem()
    {
        Assert.Equal(AgentExitCode.Incomplete,
            await _guest.RunAsync(new RunOptions { Once = true, Server = new ConfigServerOptions { Version = 3 } }));

        Assert.Equal("The server and this guest have no protocol version in common. This guest supports 3; upgrade the server.",
            _guest.Status.Problem);
    }

    [Fact]
    public async Task The_version_is_negotiated_again_when_the_server_changes()
    {
        _server.MaxVersion = 3;
        _server.Service("t", ("v", null, "later"));
        _server.Provided.Add("later");
        var facts = Directory.CreateDirectory(_guest.File("facts")).FullName;
        _guest.OnPause = () =>
        {
            // The server was downgraded and no longer supports /v3.
            if (_guest.Pauses.Count == 3) _server.MaxVersion = 2;
            if (_guest.Pauses.Count == 12) File.WriteAllText(Path.Combine(facts, "a.txt"), "later=1\n");
        };

        Assert.Equal(AgentExitCode.ServiceFailed, await _guest.RunAsync(facts: facts));

        Assert.Equal(2, _guest.Status.Protocol);
        Assert.Equal([("s", "0"), ("s", "0"), ("t", "127")], _server.Reported);
    }
}
