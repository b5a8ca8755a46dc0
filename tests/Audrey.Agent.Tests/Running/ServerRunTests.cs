using System.Text;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Stages;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;

namespace Audrey.Agent.Tests.Running;

public sealed class Version2ServerRunTests() : ServerRunTests(2);

public sealed class Version3ServerRunTests() : ServerRunTests(3);

/// <summary>The tests run with each protocol version.</summary>
public abstract class ServerRunTests(int version) : IAsyncLifetime
{
    private readonly FakeConfigServer _server = new() { MaxVersion = version };
    private Guest _guest = null!;

    public Task InitializeAsync()
    {
        _guest = new Guest(_server.Endpoint) { Version = version };
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _guest.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_service_has_its_parameters_in_the_environment_and_its_status_is_reported()
    {
        _server.Service("http", ("port", "8080", null), ("odd-name", "x y", null));
        _server.Tarball = TestTarball.Create(
            ("http/start",
                "#!/bin/sh\necho \"$AUDREY_VAR_http_port|$AUDREY_VAR_http_odd_name\" >\"$OUT\"; cat data >>\"$OUT\"; exit 3\n"
                    .Replace("$OUT", _guest.File("out"))),
            ("http/data", "beside it"));

        Assert.Equal(AgentExitCode.ServiceFailed, await _guest.RunAsync());

        Assert.Equal("8080|x y\nbeside it", await File.ReadAllTextAsync(_guest.File("out")));
        Assert.Equal([("http", "3")], _server.Reported);
        var service = Assert.Single(_guest.Status.Services);
        Assert.Equal(("http", ServiceRunState.Failed, 3, true), (service.Name, service.State, service.ExitStatus, service.Reported));
    }

    [Fact]
    public async Task A_variable_can_have_any_bytes_and_any_name()
    {
        _server.Provided.Add("latin");
        _server.Given["latin"] = [0xe9, 0x0a, 0xff];
        _server.Service("my-svc", ("a.b", null, "latin"));
        _server.Tarball = TestTarball.Create(
            ("my-svc/start", "#!/bin/sh\ntr '\\0' '\\n' </proc/self/environ >OUT\n".Replace("OUT", _guest.File("out"))));

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        var environment = await File.ReadAllBytesAsync(_guest.File("out"));
        Assert.True(environment.AsSpan().IndexOf((ReadOnlySpan<byte>)[.. "AUDREY_VAR_my_svc_a_b="u8, 0xe9, 0x0a, 0xff, 0x0a]) >= 0);
    }

    [Fact]
    public async Task A_value_with_a_NUL_byte_fails_the_service_and_is_not_shown()
    {
        _server.Service("s", ("secret", "before\0after", null));
        _server.Tarball = TestTarball.Create(("s/start", "#!/bin/sh\n"));

        Assert.Equal(AgentExitCode.ServiceFailed, await _guest.RunAsync());

        var service = Assert.Single(_guest.Status.Services);
        Assert.Equal(126, service.ExitStatus);
        Assert.Contains("AUDREY_VAR_s_secret holds a NUL byte", service.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain(_guest.Log, line => line.Contains("before", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Services_run_when_they_become_complete_in_any_order()
    {
        _server.Service("last", ("end", null, "first"));
        _server.Service("first");
        _server.Tarball = TestTarball.Create(
            ("last/start", $"#!/bin/sh\necho last $AUDREY_VAR_last_end >>{_guest.File("out")}\n"),
            ("first/start", $"#!/bin/sh\necho first >>{_guest.File("out")}; exit 7\n"));

        Assert.Equal(AgentExitCode.ServiceFailed, await _guest.RunAsync());

        Assert.Equal("first\nlast 7\n", await File.ReadAllTextAsync(_guest.File("out")));
        Assert.Equal([("first", "7"), ("last", "0")], _server.Reported);
        Assert.Empty(_guest.Pauses);
    }

    [Fact]
    public async Task Values_from_a_script_are_given_before_its_end_is_reported()
    {
        _server.Provided.AddRange(["port", "token"]);
        _server.Service("db");
        _server.Tarball = TestTarball.Create(("db/start",
            "#!/bin/sh\necho port=5432 >>$AUDREY_PROVIDE\nprintf '\\nno such form\\ntoken<<E\\na=b\\nc\\nE\\n' >>$AUDREY_PROVIDE\n"));

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        Assert.Equal("5432", Encoding.UTF8.GetString(_server.Given["port"]));
        Assert.Equal("a=b\nc", Encoding.UTF8.GetString(_server.Given["token"]));
        var requests = _server.Requests.Where(request =>
            FakeConfigServer.IsEnd(request) || FakeConfigServer.Gives(request, "port")).Select(FakeConfigServer.IsEnd);
        Assert.Equal([false, true], requests);
        Assert.Contains("values provided by db, line 3: the line is not of the form name=value and is ignored", _guest.Log);
    }

    [Fact]
    public async Task A_malformed_value_is_reported_in_status_and_log()
    {
        _server.Provided.Add("key");
        _server.Service("db");
        _server.Tarball = TestTarball.Create(("db/start", "#!/bin/sh\nprintf 'key=one\\ntwo\\n' >>$AUDREY_PROVIDE\n"));

        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(new RunOptions { Once = true }));

        Assert.Empty(_server.Given);
        Assert.StartsWith(
            "values provided by db, line 2: key has several lines, so it is refused", Assert.Single(_guest.Status.Services).Problem,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_has_changed_is_given_again_by_the_next_run()
    {
        var facts = Directory.CreateDirectory(_guest.File("facts")).FullName;
        await File.WriteAllTextAsync(Path.Combine(facts, "a.txt"), "address=10.0.0.1\nsame=1\n");
        _server.Provided.AddRange(["address", "same"]);
        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync(facts: facts));
        await File.WriteAllTextAsync(Path.Combine(facts, "a.txt"), "address=10.0.0.2\nsame=1\n");
        var before = _server.Requests.Count;

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync(facts: facts));

        Assert.Equal("10.0.0.2", Encoding.UTF8.GetString(_server.Given["address"]));
        Assert.DoesNotContain(_server.Requests.Skip(before), request => FakeConfigServer.Gives(request, "same"));
        Assert.Contains("These values have changed and were given again: address", _guest.Log);
        Assert.DoesNotContain("10.0.0", await File.ReadAllTextAsync(Path.Combine(_guest.State, "journal.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_of_another_server_is_not_taken_for_a_missing_registration()
    {
        _server.Instead = (_, _) => FakeReply.Create(404, "<html>nginx</html>");
        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(new RunOptions { Once = true }));
        Assert.Contains("this is not a config server; check the host", _guest.Status.Problem, StringComparison.Ordinal);

        _server.Instead = (request, _) => request.Path == "/version" || request.Path.EndsWith("hello", StringComparison.Ordinal)
            ? null
            : FakeReply.Create(404, "<html>nginx</html>");
        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(new RunOptions { Once = true }));
        Assert.Contains("the answer is from another server", _guest.Status.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_value_stays_missing_and_the_status_names_it()
    {
        _server.Provided.AddRange(["hostname", "nobody_knows"]);

        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(new RunOptions { Once = true }));

        Assert.Equal(["nobody_knows"], _guest.Status.Unknown);
        Assert.Equal(["hostname"], _server.Given.Keys);
    }

    [Fact]
    public async Task A_rejected_value_does_not_stop_the_others()
    {
        var facts = Directory.CreateDirectory(_guest.File("facts")).FullName;
        await File.WriteAllTextAsync(Path.Combine(facts, "a.txt"), "good=1\nbad=2\n");
        _server.Provided.AddRange(["bad", "good"]);
        _server.Instead = (request, _) => FakeConfigServer.Gives(request, "bad") ? FakeReply.Create(400, "no") : null;

        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(new RunOptions { Once = true }, facts));

        Assert.Equal("1", Encoding.UTF8.GetString(_server.Given["good"]));
        Assert.Equal(["bad"], _guest.Status.Refused);
    }

    [Fact]
    public async Task A_service_runs_again_only_with_another_configuration()
    {
        _server.Service("s", ("v", "1", null));
        _server.Tarball = TestTarball.Create(("s/start", $"#!/bin/sh\necho ran >>{_guest.File("out")}\n"));
        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());
        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());
        Assert.Equal("ran\n", await File.ReadAllTextAsync(_guest.File("out")));

        _server.Services[0].Parameters[0] = ("v", "2", null);
        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());
        Assert.Equal("ran\nran\n", await File.ReadAllTextAsync(_guest.File("out")));

        _server.Tarball = TestTarball.Create(("s/start", $"#!/bin/sh\necho another >>{_guest.File("out")}\n"));
        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());
        Assert.Equal("ran\nran\nanother\n", await File.ReadAllTextAsync(_guest.File("out")));
    }

    [Fact]
    public async Task A_failed_service_is_run_again_on_request()
    {
        _server.Service("s");
        _server.Tarball = TestTarball.Create(("s/start", "#!/bin/sh\ntest -e OUT\n".Replace("OUT", _guest.File("out"))));
        Assert.Equal(AgentExitCode.ServiceFailed, await _guest.RunAsync());
        await File.WriteAllTextAsync(_guest.File("out"), "");
        Assert.Equal(AgentExitCode.ServiceFailed, await _guest.RunAsync());
        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync(new RunOptions { RetryFailed = true }));
        Assert.Equal(("s", "0"), _server.Reported[^1]);
    }

    [Fact]
    public async Task A_service_whose_tarball_has_no_executable_fails()
    {
        _server.Service("s");

        Assert.Equal(AgentExitCode.ServiceFailed, await _guest.RunAsync());

        Assert.Equal([("s", "127")], _server.Reported);
        Assert.Equal("the tarball has no s/start", Assert.Single(_guest.Status.Services).Problem);
    }

    [Fact]
    public async Task Only_the_owner_can_read_the_state_directory()
    {
        _server.Service("s", ("v", "a secret value", null));
        _server.Tarball = TestTarball.Create(("s/start", "#!/bin/sh\necho out; echo err >&2\n"));
        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        const UnixFileMode others = (UnixFileMode)0b000_111_111;
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(_guest.State) & others);
        foreach (var file in new[] { "journal.json", "status.json", "lock", "services/s/stdout", "services/s/stderr" })
            Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(Path.Combine(_guest.State, file)));
        foreach (var folder in new[] { "services", "services/s", "files", "tmp" })
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Path.Combine(_guest.State, folder)) & others);
        Assert.Equal("out\n", await File.ReadAllTextAsync(Path.Combine(_guest.State, "services/s/stdout")));
        foreach (var file in Directory.EnumerateFiles(_guest.State, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain("a secret value", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }
}
