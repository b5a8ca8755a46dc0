using System.Text;
using System.Text.Json.Nodes;
using Audrey.Agent.Commands;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Stages;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;

namespace Audrey.Agent.Tests.Running;

/// <summary>Features of version 3 that version 2 does not have.</summary>
public sealed class Version3RunTests : IAsyncLifetime
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
    public async Task The_start_end_and_masked_output_of_a_service_are_reported()
    {
        _server.Service("db", ("password", "hunter2", null));
        _server.Secrets.Add("password");
        Script("db", "echo it is $AUDREY_VAR_db_password; echo not good >&2; exit 4");

        Assert.Equal(AgentExitCode.ServiceFailed, await _guest.RunAsync());

        Assert.Equal(
            [("db", "started"), ("db", "ended")], _server.Reports.Select(entry => (entry.Service, (string?)entry.Report["state"])));
        var end = _server.Reports[1].Report;
        Assert.Equal((1L, 4, "it is [secret]\nnot good\n"), ((long)end["run"]!, (int)end["exitStatus"]!, (string?)end["output"]));
        Assert.InRange((double)end["durationSeconds"]!, 0, 60);
        Assert.Equal([_server.Revision], _server.Applied);
        Assert.DoesNotContain(
            _server.Requests, request => Encoding.UTF8.GetString(request.Body).Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_duration_of_a_service_does_not_depend_on_the_wall_clock()
    {
        _server.Service("db");
        Script("db", "true");
        _server.Instead = (request, _) =>
        {
            if (FakeConfigServer.KindOf(request) == "PUT services" && !FakeConfigServer.IsEnd(request))
                _guest.Time.SetBack(TimeSpan.FromHours(-8));
            return null;
        };

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        Assert.InRange((double)_server.Reports[1].Report["durationSeconds"]!, 0, 60);
    }

    [Fact]
    public async Task Values_that_the_server_refuses_are_named_in_status_and_report()
    {
        _server.Provided.Add("address");
        _server.Service("db");
        Script("db", "echo adress=10.0.0.1 >>$AUDREY_PROVIDE");

        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(new RunOptions { Once = true }));

        const string problem = "the server refused or did not request these values of the service: adress";
        Assert.Equal(problem, Assert.Single(_guest.Status.Services).Problem);
        Assert.Equal(problem + "\n", (string?)_server.Reports[1].Report["output"]);
        Assert.Contains("db: " + problem, _guest.Log);
    }

    [Fact]
    public async Task Built_in_facts_are_given()
    {
        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        Assert.Equal(Environment.MachineName.Split('.')[0], (string?)_server.Facts!["hostname"]);
        Assert.True(int.Parse((string)_server.Facts["processorcount"]!, System.Globalization.CultureInfo.InvariantCulture) > 0);
    }

    [Fact]
    public async Task After_a_lost_answer_values_are_given_again_with_the_same_number_even_after_a_reboot()
    {
        Facts("a=1\nb=2\n");
        _server.Provided.AddRange(["a", "b"]);
        var losses = 2;
        _server.LosesAnswer = request => FakeConfigServer.KindOf(request) == "PUT values" && losses-- > 0;

        // If the HTTP library receives no byte of an answer, it may repeat the request.
        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(new RunOptions { Once = true }, _guest.File("facts")));
        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync(facts: _guest.File("facts")));

        Assert.Equal([1L], Revisions().Distinct());
        Assert.Equal(1, _server.ValuesRevision);
    }

    [Fact]
    public async Task A_guest_that_lost_its_values_number_continues_from_the_number_of_the_server()
    {
        Facts("a=1\n");
        _server.Provided.Add("a");
        _server.ValuesRevision = 7;
        var hello = 0;
        _server.Instead = (request, _) =>
        {
            // The revision of the values increases after hello, as if another machine with the same user data had sent values.
            if (FakeConfigServer.KindOf(request) == "PUT values" && hello++ == 0) _server.ValuesRevision = 20;
            return null;
        };

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync(facts: _guest.File("facts")));

        Assert.Equal([8L, 21L], Revisions());
        Assert.Equal("1", Encoding.UTF8.GetString(_server.Given["a"]));
    }

    [Fact]
    public async Task Values_that_are_not_text_are_given_unchanged()
    {
        _server.Provided.Add("key");
        _server.Service("s");
        Script("s", "printf 'key=\\377\\000'| tr -d '\\000' >$AUDREY_PROVIDE");

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        Assert.Equal([0xff], _server.Given["key"]);
    }

    [Fact]
    public async Task Rejected_names_do_not_stop_the_others()
    {
        _server.Provided.Add("port");
        _server.Service("s");
        Script("s", "echo port=1 >$AUDREY_PROVIDE; echo other/name=2 >>$AUDREY_PROVIDE");

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        Assert.Equal(["port"], _server.Given.Keys);
    }

    [Fact]
    public async Task After_another_registration_all_reports_are_sent_again_and_no_service_runs_twice()
    {
        Facts("a=1\n");
        _server.Provided.Add("a");
        _server.Service("s", ("v", null, "a"));
        Script("s", $"echo ran >>{_guest.File("out")}");
        var isReregistered = false;
        _server.Instead = (request, _) =>
        {
            if (isReregistered || !FakeConfigServer.IsEnd(request)) return null;
            isReregistered = true;
            _server.RegisterAgain();
            return null;
        };

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync(facts: _guest.File("facts")));

        Assert.Equal("ran\n", await File.ReadAllTextAsync(_guest.File("out")));
        Assert.Equal([("s", "0")], _server.Reported);
        Assert.Equal([1L, 2L], _server.Reports.Select(entry => (long)entry.Report["generation"]!));
        Assert.Equal("1", Encoding.UTF8.GetString(_server.Given["a"]));
        Assert.Equal(2, _server.Requests.Count(request =>
            FakeConfigServer.KindOf(request) == "GET hello" && request.Headers.ContainsKey("Authorization")));
    }

    [Fact]
    public async Task A_waiting_guest_notices_another_registration_in_the_configuration()
    {
        Facts("a=1\n");
        _server.Provided.Add("a");
        _server.Service("t", ("x", null, "never"));
        using var stop = new CancellationTokenSource();
        _guest.OnPause = () =>
        {
            if (_guest.Pauses.Count == 3) _server.RegisterAgain();
            if (_guest.Pauses.Count == 8) stop.Cancel();
        };

        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(facts: _guest.File("facts"), cancellationToken: stop.Token));

        Assert.Equal("1", Encoding.UTF8.GetString(_server.Given["a"]));
        Assert.Equal([1L, 2L], Revisions());
    }

    [Fact]
    public async Task The_status_and_periodically_the_log_show_the_values_that_a_service_waits_for()
    {
        _server.Service("t", ("x", null, "never"));
        _server.Detail = "waits for 'never' of db (7f0c), which was never heard from\u001b[31m";
        using var stop = new CancellationTokenSource();
        _guest.OnPause = () =>
        {
            if (_guest.Pauses.Count == 160) stop.Cancel();
        };

        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(cancellationToken: stop.Token));

        var waits = "x waits for 'never' of db (7f0c), which was never heard from [31m";
        Assert.Equal([waits], Assert.Single(_guest.Status.Services).WaitsFor);
        Assert.InRange(_guest.Log.Count(line => line == $"t: {waits}"), 2, 3);
        using var text = new StringWriter();
        RunStatusText.Write(_guest.Status, text);
        Assert.Contains($"service t waits for values{Environment.NewLine}  {waits}", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_status_is_waiting_when_one_service_has_ended_and_another_waits()
    {
        _server.Service("s");
        _server.Service("t", ("x", null, "never"));
        Script("s", "true");
        RunPhase? phase = null;
        using var stop = new CancellationTokenSource();
        _server.Instead = (request, _) =>
        {
            if (request.Query == "wait=60s") phase = _guest.Status.Phase;
            return null;
        };
        _guest.OnPause = stop.Cancel;

        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(cancellationToken: stop.Token));

        Assert.Equal(RunPhase.Waiting, phase);
    }

    [Theory]
    [InlineData(false, false, "0", "it must run")]
    [InlineData(true, false, null, "it must be held back")]
    [InlineData(null, false, "0", "the document lets it run")]
    [InlineData(null, true, null, "the document holds it back")]
    [InlineData(false, true, "0", "the option of the guest counts")]
    public async Task A_service_that_waited_for_a_failed_service_runs_or_is_delayed(
        bool? option, bool stops, string? status, string expectation)
    {
        var stop = status is null;
        _server.Service("s");
        Script("s", "true");
        _server.Failed["s"] = new JsonArray(new JsonObject { ["instance"] = "7f0c", ["service"] = "mysql", ["exitStatus"] = "9" });
        if (stops) _server.Failed["s"][0]!["onFailed"] = "stop";

        var code = await _guest.RunAsync(new RunOptions { Once = true, HoldOnFailure = option });

        Assert.Equal(stop ? AgentExitCode.Incomplete : AgentExitCode.Success, code);
        Assert.True(status == _server.Reported.Select(report => report.Status).SingleOrDefault(), expectation);
        Assert.Equal(stop, _guest.Log.Contains("s: not run because service mysql of 7f0c ended with 9"));
    }

    [Fact]
    public async Task A_script_has_each_list_as_text_and_as_JSON_and_the_log_says_if_the_text_is_not_enough()
    {
        _server.Service("s", ("peers", "", null), ("empty-list", "", null), ("text", "t", null));
        (_server.Lists["peers"], _server.Lists["empty-list"]) = (["one", "two\nlines"], [""]);
        Script("s", $"env | grep AUDREY_JSON | sort >{_guest.File("out")}; printf %s \"$AUDREY_VAR_s_peers\" >{_guest.File("text")}");

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        Assert.Equal(
            "AUDREY_JSON_s_empty_list=[\"\"]\nAUDREY_JSON_s_peers=[\"one\",\"two\\nlines\"]\n",
            File.ReadAllText(_guest.File("out")));
        Assert.Equal("one\ntwo\nlines", File.ReadAllText(_guest.File("text")));
        const string problem =
            "s: an item of peers has several lines, and AUDREY_VAR_s_peers does not show where it ends; read AUDREY_JSON_s_peers";
        Assert.Contains(problem, _guest.Log);
        Assert.DoesNotContain(_guest.Log, line => line.Contains("empty-list has", StringComparison.Ordinal));

        // The text is the same, but the list is another one.
        _server.Lists["peers"] = ["one", "two", "lines"];
        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());
        Assert.Contains("""["one","two","lines"]""", File.ReadAllText(_guest.File("out")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_list_is_masked_also_in_its_JSON()
    {
        _server.Service("s", ("keys", "", null));
        _server.Lists["keys"] = ["p+ss\"word", "zweites\\öl"];
        _server.Secrets.Add("keys");
        Script("s", """
            printf '%s\n' "all $AUDREY_JSON_s_keys" 'one p+ss\"word' 'two zweites\\öl' "$AUDREY_VAR_s_keys"
            """);

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        Assert.Equal("all [secret]\none [secret]\ntwo [secret]\n[secret]\n", (string?)_server.Reports[1].Report["output"]);
    }

    [Theory]
    [InlineData("ü", 40_000, true)]
    [InlineData("a", 120_000, true)]
    [InlineData("\n", 70_000, false)]
    public async Task A_list_that_is_too_long_for_a_variable_as_JSON_has_only_its_text(string text, int times, bool hasJson)
    {
        _server.Service("s", ("peers", "", null));
        _server.Lists["peers"] = [string.Concat(Enumerable.Repeat(text, times))];
        Script("s", $"printf %s \"${{AUDREY_JSON_s_peers-none}}\" | cut -c 1-4 >{_guest.File("out")}");

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        Assert.Equal(hasJson, File.ReadAllText(_guest.File("out")).StartsWith("[\"", StringComparison.Ordinal));
        Assert.Equal(
            !hasJson, _guest.Log.Contains("s: the list peers is too long for AUDREY_JSON_s_peers, which is left out"));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("a\\u0000b")]
    public async Task An_invalid_service_name_is_a_problem_and_no_file_is_changed(string name)
    {
        _server.Instead = (request, _) => FakeConfigServer.KindOf(request) == "GET hello" && request.Headers.ContainsKey("Authorization")
            ? FakeReply.Create(200, $$"""
                {"generation":1,"assembly":"a","deployable":"d","provide":[],
                 "services":[{"name":"{{name}}","engine":"executable","state":"waiting","run":0}],
                "revision":"r","complete":false,"valuesRevision":0,"nextCallSeconds":0,"maxWaitSeconds":60}
                """)
            : null;

        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(new RunOptions { Once = true }));

        Assert.StartsWith("GET /hello: the answer is not from a config server", _guest.Status.Problem, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_guest.State, "services")));
    }

    [Theory]
    [InlineData("""{"revision":"a\r\nX: y","generation":1,"complete":true,"services":[]}""")]
    [InlineData("""{"revision":"r","generation":1,"complete":true,"services":null}""")]
    [InlineData("""{"revision":"r","generation":1,"complete":true,"services":[null]}""")]
    [InlineData("""{"revision":"r","generation":1,"complete":true,"services":[{"name":"s","complete":true,"parameters":[null]}]}""")]
    public Task With_an_invalid_configuration_no_service_runs(string body) => RunWithInvalidConfiguration(body);

    [Theory]
    [InlineData("""{"name":"a","type":"text","value":{}}""")]
    [InlineData("""{"name":"a","type":"text","value":"\ud800"}""")]
    [InlineData("""{"name":"a","type":"list","value":["x",1]}""")]
    [InlineData("""{"name":"a","type":"text","base64":"%"}""")]
    public Task With_an_invalid_parameter_no_service_runs(string parameter) => RunWithInvalidConfiguration(
        $$"""
        {"revision":"r","generation":1,"complete":true,"services":[{"name":"s","complete":true,"parameters":[{{parameter}}]}]}
        """);

    private async Task RunWithInvalidConfiguration(string body)
    {
        _server.Service("s");
        Script("s", $"echo ran >>{_guest.File("out")}");
        _server.Instead = (request, _) => FakeConfigServer.KindOf(request) == "GET configuration" ? FakeReply.Create(200, body) : null;

        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(new RunOptions { Once = true }));

        Assert.StartsWith("GET /configuration: the answer is not from a config server", _guest.Status.Problem, StringComparison.Ordinal);
        Assert.False(File.Exists(_guest.File("out")));
    }

    [Fact]
    public async Task A_tarball_with_another_digest_is_not_used()
    {
        _server.Service("s");
        Script("s", "true");
        var damaged = true;
        _server.Instead = (request, _) =>
        {
            if (FakeConfigServer.KindOf(request) != "GET tarball" || !damaged) return null;
            damaged = false;
            return FakeReply.Create(200, TestTarball.Create(("s/start", "#!/bin/sh\nexit 9\n")));
        };

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        Assert.Contains("GET /tarball: the digest differs from the announced digest", _guest.Log);
    }

    private void Facts(string lines)
    {
        Directory.CreateDirectory(_guest.File("facts"));
        File.WriteAllText(_guest.File("facts/a.txt"), lines);
    }

    private void Script(string service, string script) =>
        _server.Tarball = TestTarball.Create(($"{service}/start", $"#!/bin/sh\n{script}\n"));

    private IEnumerable<long> Revisions() => _server.Requests
        .Where(request => FakeConfigServer.KindOf(request) == "PUT values")
        .Select(request => (long)JsonNode.Parse(request.Body)!["revision"]!);
}
