using System.Text.Json.Nodes;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Guests;

[Collection(ServerCollection.Name)]
public sealed class GuestProgramTests(ServerFixture server)
{
    [Fact]
    public async Task Two_guests_that_depend_on_each_other_are_both_configured_and_the_report_shows_success()
    {
        var (web, db, deployable) = (NewId("web"), NewId("db"), NewId("deployable"));
        var http = Script(
            "http", "echo $AUDREY_VAR_http_port,$AUDREY_VAR_http_up", Refers("port", db, "port"), RefersToEnd("up", db, "mysql"));
        var mysql = Script("mysql", "echo $AUDREY_VAR_mysql_client; echo port=3306 >$AUDREY_PROVIDE", Refers("client", web, "site"));
        await server.Register(web, Provides("site") + Services(http), deployable);
        await server.Register(db, Provides("port", "hostname") + Services(mysql), deployable);
        using var webGuest = Guest(web);
        using var dbGuest = Guest(db);
        Directory.CreateDirectory(webGuest.Facts);
        await File.WriteAllTextAsync(Path.Combine(webGuest.Facts, "site.txt"), "site=shop.example.com\n");

        // The script that provides the port needs the value of the site. The service of the site needs the port and the end of that script.
        var ends = await Task.WhenAll(webGuest.Run("--facts", webGuest.Facts, "--deadline", "60"), dbGuest.Run("--deadline", "60"));

        Assert.All(ends, end => Assert.True(end.ExitCode == 0, end.Log));
        Assert.Equal("3306,0\n", webGuest.Output("http"));
        Assert.Equal("shop.example.com\n", dbGuest.Output("mysql"));
        Assert.All(ends, end => Assert.DoesNotContain("shop.example.com", end.Log, StringComparison.Ordinal));
        var report = await server.Conductor.Get($"/reports/2/deployment/{deployable}");
        Assert.Contains($"<deployment uuid=\"{deployable}\" status=\"success\">", report.Text, StringComparison.Ordinal);
        var (code, text, _) = await webGuest.Status();
        Assert.Equal(0, code);
        Assert.StartsWith("complete, as of ", text, StringComparison.Ordinal);
        Assert.Contains("service http ended with 0 at ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_guests_that_depend_on_each_other_are_both_configured_if_one_of_them_uses_Puppet()
    {
        var (web, db, deployable) = (NewId("web"), NewId("db"), NewId("deployable"));
        using var webGuest = Guest(web);
        using var dbGuest = Guest(db);
        var target = webGuest.File("written-by-puppet");
        Directory.CreateDirectory(webGuest.File("modules/probe/manifests"));
        await File.WriteAllTextAsync(
            webGuest.File("modules/probe/manifests/init.pp"),
            "class probe(String $target, Integer $port) {\n  file { $target: content => \"port ${port}\" }\n}\n");
        var classes = "audrey: 1\n"
            + $"puppet: {{ classes: {{ probe: {{ target: \"{target}\", port: {{ parameter: port, type: integer }} }} }} }}\n";
        await server.Register(
            web,
            Services(
                "<service name=\"probe\"><executable><contents>#!/bin/sh\nexit 99\n</contents></executable>"
                + $"<files><file><contents filename=\"puppet.yaml\">{classes}</contents></file></files>"
                + $"<parameters>{Refers("port", db, "port")}</parameters></service>"),
            deployable);
        var after = Script("after", "echo $AUDREY_VAR_after_end", RefersToEnd("end", web, "probe"));
        await server.Register(
            db, Provides("port") + Services(Script("give", "echo port=5432 >$AUDREY_PROVIDE"), after), deployable);

        var ends = await Task.WhenAll(
            webGuest.Run("--modules", webGuest.File("modules"), "--deadline", "60"), dbGuest.Run("--deadline", "60"));

        Assert.All(ends, end => Assert.True(end.ExitCode == 0, end.Log));
        Assert.Equal("port 5432", await File.ReadAllTextAsync(target));
        Assert.Equal("0\n", dbGuest.Output("after"));
        var report = await server.Conductor.Get($"/reports/2/deployment/{deployable}");
        Assert.Contains("status=\"success\"", report.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guest_programs_that_use_versions_2_and_3_can_give_values_to_each_other()
    {
        var (oldId, newId, deployable) = (NewId("old"), NewId("new"), NewId("deployable"));
        var http = Script("http", "echo $AUDREY_VAR_http_port; echo site=shop >$AUDREY_PROVIDE", Refers("port", newId, "port"));
        await server.Register(oldId, Provides("site") + Services(http), deployable);
        var give = Script("give", "echo port=5432 >$AUDREY_PROVIDE");
        var after = Script(
            "after", "echo $AUDREY_VAR_after_site $AUDREY_VAR_after_end", Refers("site", oldId, "site"), RefersToEnd("end", oldId, "http"));
        await server.Register(newId, Provides("port") + Services(give, after), deployable);
        using var oldGuest = Guest(oldId);
        using var newGuest = Guest(newId);

        var ends = await Task.WhenAll(
            oldGuest.Run("--protocol", "2", "--deadline", "60"), newGuest.Run("--protocol", "3", "--deadline", "60"));

        Assert.All(ends, end => Assert.True(end.ExitCode == 0, end.Log));
        Assert.Equal("5432\n", oldGuest.Output("http"));
        Assert.Equal("shop 0\n", newGuest.Output("after"));
        var report = await server.Conductor.Get($"/reports/2/deployment/{deployable}");
        Assert.Contains("status=\"success\"", report.Text, StringComparison.Ordinal);
        var services = (await server.Server.Basic(newId, SecretOf(newId)).Hello()).Services;
        Assert.Equal(
            [("give", "succeeded", 1L), ("after", "succeeded", 1L)],
            services.Select(service => (service.Name, service.State, service.Run)));
    }

    [Fact]
    public async Task A_guest_with_the_option_stay_runs_a_service_again_when_its_value_changes()
    {
        var (web, db, deployable) = (NewId("web"), NewId("db"), NewId("deployable"));
        var script = Script("s", "echo $AUDREY_VAR_s_port", Refers("port", db, "port"));
        await server.Register(web, Services(script, Script("other", "date +%N")), deployable);
        await server.Register(db, Provides("port"), deployable);
        var provider = server.Server.Basic(db, SecretOf(db));
        await provider.Give(1, ("port", "1"));
        using var guest = Guest(web);
        var client = server.Server.Basic(web, SecretOf(web));

        var run = guest.Run("--stay", "--deadline", "60");
        await WaitForRuns(client, run, 1, 1);
        var other = guest.Output("other");
        await provider.Give(2, ("port", "2"));
        await WaitForRuns(client, run, 2, 1);
        var (code, text, _) = await guest.Status();
        await guest.Terminate();

        var end = await run.Within("the end of a terminated guest", TimeSpan.FromSeconds(30));
        Assert.True(end.ExitCode == 0, end.Log);
        Assert.True(code == 0, text);
        Assert.Equal("2\n", guest.Output("s"));
        Assert.Equal(other, guest.Output("other"));
    }

    [Fact]
    public async Task A_guest_that_changes_to_version_3_does_not_run_its_services_again_and_reports_their_runs()
    {
        var (uuid, db, deployable) = (NewId("upgraded"), NewId("db"), NewId("deployable"));
        await server.Register(db, Provides("lines", "bytes", "number") + Services(Script("end", "true")), deployable);
        string[] parameters =
        [
            RefersToEnd("end", db, "end"), Value("text", "a &amp; b"), Refers("lines", db, "lines"), Refers("bytes", db, "bytes"),
            Refers("number", db, "number"),
        ];
        await server.Register(uuid, Services(Script("s", "date +%N", parameters)), deployable);
        var provider = server.Server.Basic(db, SecretOf(db));
        await provider.Give(
            1, ("lines", new JsonArray("one", "two")), ("bytes", new JsonObject { ["base64"] = "AP/+" }), ("number", 7));
        await provider.PutOwn("services/end", new() { ["generation"] = 1, ["state"] = "ended", ["exitStatus"] = 0 });
        using var guest = Guest(uuid);

        // The service fails, because a value contains a NUL byte and an environment variable cannot. The test would also work with another
        // failure.
        Assert.Equal(1, (await guest.Run("--protocol", "2", "--deadline", "60")).ExitCode);
        var (code, _, log) = await guest.Run("--deadline", "60");

        Assert.True(code == 1, log);
        Assert.Contains("Protocol version 3 is used", log, StringComparison.Ordinal);
        Assert.DoesNotContain("s: started", log, StringComparison.Ordinal);
        var service = Assert.Single((await server.Server.Basic(uuid, SecretOf(uuid)).Hello()).Services);
        Assert.Equal(("failed", 1L), (service.State, service.Run));
    }

    [Fact]
    public async Task The_status_of_a_guest_shows_its_missing_values()
    {
        var (web, db, deployable) = (NewId("web"), NewId("db"), NewId("deployable"));
        await server.Register(web, Services(Script("http", "true", Refers("port", db, "port"))), deployable);
        await server.Register(db, Provides("port"), deployable);
        using var guest = Guest(web);

        Assert.Equal(3, (await guest.Run("--once")).ExitCode);

        var (_, text, _) = await guest.Status();
        Assert.Contains($"  port waits for 'port' of assembly-of-{db} ({db}), which was never heard from", text, StringComparison.Ordinal);
    }

    /// <summary>Waits until each service has succeeded in the given run and the guest has applied its configuration.</summary>
    private static Task WaitForRuns(
        BasicClient client, Task<(int ExitCode, string Output, string Log)> run, params long[] runs) => Deadlines.Until(
        async () =>
        {
            var hello = await client.Hello();
            var succeeded = hello.Services.Select(service => service.State == "succeeded" ? service.Run : 0);
            if (hello.AppliedRevision == hello.Revision && succeeded.SequenceEqual(runs)) return true;
            if (run.IsCompleted) Assert.Fail($"The guest has ended: {(await run).Log}");
            return false;
        },
        "the success of the expected runs");

    [Fact]
    public async Task A_failed_service_is_reported_with_its_exit_status_and_determines_the_exit_code_of_the_guest()
    {
        var (uuid, deployable) = (NewId("failing"), NewId("deployable"));
        await server.Register(uuid, Services(Script("s", "exit 9"), Script("t", "true")), deployable);
        using var guest = Guest(uuid);

        var (code, _, log) = await guest.Run("--deadline", "60");

        Assert.True(code == 1, log);
        var report = await server.Conductor.Get($"/reports/2/instance/{uuid}");
        Assert.Contains("<completion-status>9</completion-status>", report.Text, StringComparison.Ordinal);
        Assert.Contains("service s ended with 9", (await guest.Status()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_second_registration_the_guest_reports_again_but_does_not_run_its_services_again()
    {
        var (uuid, deployable) = (NewId("replaced"), NewId("deployable"));
        var content = Provides("hostname") + Services(Script("s", "date +%N"));
        await server.Register(uuid, content, deployable);
        using var guest = Guest(uuid);
        Assert.Equal(0, (await guest.Run("--deadline", "60")).ExitCode);
        var output = guest.Output("s");

        await server.Register(uuid, content, deployable);
        Assert.Equal(0, (await guest.Run("--deadline", "60")).ExitCode);

        Assert.Equal(output, guest.Output("s"));
        var report = await server.Conductor.Get($"/reports/2/instance/{uuid}");
        Assert.Contains("status=\"success\"", report.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_status_of_a_guest_whose_instance_is_not_registered_is_incomplete_and_shows_the_reason()
    {
        using var guest = Guest(NewId("nobody"));

        var (code, _, log) = await guest.Run("--once");

        Assert.Equal(3, code);
        Assert.Contains("the server does not know this instance (yet)", log, StringComparison.Ordinal);
        var (statusCode, text, _) = await guest.Status();
        Assert.Equal(3, statusCode);
        Assert.Contains("problem: GET /hello: answered 401", text, StringComparison.Ordinal);
    }

    private GuestProcess Guest(string uuid) => new(server.Server.Endpoint, uuid, SecretOf(uuid));

    private static string Script(string name, string script, params string[] parameters) =>
        $"<service name=\"{name}\">"
        + $"<executable><contents>#!/bin/sh\n{script.Replace(">", "&gt;", StringComparison.Ordinal)}\n</contents></executable>"
        + (parameters.Length == 0 ? "" : $"<parameters>{string.Concat(parameters)}</parameters>")
        + "</service>";
}
