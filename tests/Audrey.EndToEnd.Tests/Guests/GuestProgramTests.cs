using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Guests;

[Collection(ServerCollection.Name)]
public sealed class GuestProgramTests(ServerFixture server)
{
    [Fact]
    public async Task Two_guests_that_need_each_other_configure_themselves_and_the_report_says_success()
    {
        var (web, db, deployable) = (NewId("web"), NewId("db"), NewId("deployable"));
        await server.Register(
            web,
            Provides("site") + Services(Script("http", "echo $AUDREY_VAR_http_port,$AUDREY_VAR_http_up", Refers("port", db, "port"), RefersToEnd("up", db, "mysql"))),
            deployable);
        await server.Register(
            db,
            Provides("port", "hostname") + Services(Script("mysql", "echo $AUDREY_VAR_mysql_client; echo port=3306 >$AUDREY_PROVIDE", Refers("client", web, "site"))),
            deployable);
        using var webGuest = Guest(web);
        using var dbGuest = Guest(db);
        Directory.CreateDirectory(webGuest.Facts);
        await File.WriteAllTextAsync(Path.Combine(webGuest.Facts, "site.txt"), "site=shop.example.com\n");

        // The port comes from a script that waits for the site; the site's service waits for the port and for the script's end.
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
    public async Task Two_guests_depend_on_each_other_and_one_is_configured_by_puppet()
    {
        var (web, db, deployable) = (NewId("web"), NewId("db"), NewId("deployable"));
        using var webGuest = Guest(web);
        using var dbGuest = Guest(db);
        var target = webGuest.File("written-by-puppet");
        Directory.CreateDirectory(webGuest.File("modules/probe/manifests"));
        await File.WriteAllTextAsync(
            webGuest.File("modules/probe/manifests/init.pp"),
            "class probe(String $target, Integer $port) {\n  file { $target: content => \"port ${port}\" }\n}\n");
        var classes = $"audrey: 1\npuppet: {{ classes: {{ probe: {{ target: \"{target}\", port: {{ parameter: port, type: integer }} }} }} }}\n";
        await server.Register(
            web,
            Services(
                "<service name=\"probe\"><executable><contents>#!/bin/sh\nexit 99\n</contents></executable>"
                + $"<files><file><contents filename=\"puppet.yaml\">{classes}</contents></file></files>"
                + $"<parameters>{Refers("port", db, "port")}</parameters></service>"),
            deployable);
        await server.Register(
            db,
            Provides("port") + Services(Script("give", "echo port=5432 >$AUDREY_PROVIDE"), Script("after", "echo $AUDREY_VAR_after_end", RefersToEnd("end", web, "probe"))),
            deployable);

        var ends = await Task.WhenAll(webGuest.Run("--modules", webGuest.File("modules"), "--deadline", "60"), dbGuest.Run("--deadline", "60"));

        Assert.All(ends, end => Assert.True(end.ExitCode == 0, end.Log));
        Assert.Equal("port 5432", await File.ReadAllTextAsync(target));
        Assert.Equal("0\n", dbGuest.Output("after"));
        Assert.Contains("status=\"success\"", (await server.Conductor.Get($"/reports/2/deployment/{deployable}")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guest_of_version_2_and_one_of_version_3_complete_each_other()
    {
        var (old, young, deployable) = (NewId("old"), NewId("young"), NewId("deployable"));
        await server.Register(
            old, Provides("site") + Services(Script("http", "echo $AUDREY_VAR_http_port; echo site=shop >$AUDREY_PROVIDE", Refers("port", young, "port"))), deployable);
        await server.Register(
            young,
            Provides("port") + Services(
                Script("give", "echo port=5432 >$AUDREY_PROVIDE"),
                Script("after", "echo $AUDREY_VAR_after_site $AUDREY_VAR_after_end", Refers("site", old, "site"), RefersToEnd("end", old, "http"))),
            deployable);
        using var oldGuest = Guest(old);
        using var youngGuest = Guest(young);

        var ends = await Task.WhenAll(oldGuest.Run("--protocol", "2", "--deadline", "60"), youngGuest.Run("--protocol", "3", "--deadline", "60"));

        Assert.All(ends, end => Assert.True(end.ExitCode == 0, end.Log));
        Assert.Equal("5432\n", oldGuest.Output("http"));
        Assert.Equal("shop 0\n", youngGuest.Output("after"));
        Assert.Contains("status=\"success\"", (await server.Conductor.Get($"/reports/2/deployment/{deployable}")).Text, StringComparison.Ordinal);
        var told = (await server.Server.Basic(young, SecretOf(young)).Hello()).Services;
        Assert.Equal([("give", "succeeded", 1L), ("after", "succeeded", 1L)], told.Select(service => (service.Name, service.State, service.Run)));
    }

    [Fact]
    public async Task A_value_that_changes_reaches_a_guest_that_stays_and_runs_its_service_again()
    {
        var (reader, giver, deployable) = (NewId("reader"), NewId("giver"), NewId("deployable"));
        await server.Register(reader, Services(Script("s", "echo $AUDREY_VAR_s_port", Refers("port", giver, "port")), Script("other", "date +%N")), deployable);
        await server.Register(giver, Provides("port"), deployable);
        var values = server.Server.Basic(giver, SecretOf(giver));
        await values.Give(1, ("port", "1"));
        using var guest = Guest(reader);
        var client = server.Server.Basic(reader, SecretOf(reader));

        var run = guest.Run("--stay", "--deadline", "60");
        await Applied(client, run, 1, 1);
        var other = guest.Output("other");
        await values.Give(2, ("port", "2"));
        await Applied(client, run, 2, 1);
        var (code, text, _) = await guest.Status();
        await guest.Terminate();

        var end = await run.Within("the end of a guest that was told to end", TimeSpan.FromSeconds(30));
        Assert.True(end.ExitCode == 0, end.Log);
        Assert.True(code == 0, text);
        Assert.Equal("2\n", guest.Output("s"));
        Assert.Equal(other, guest.Output("other"));
    }

    [Fact]
    public async Task A_guest_that_goes_over_to_version_3_runs_nothing_again_and_tells_what_version_2_cannot()
    {
        var (uuid, giver, deployable) = (NewId("upgraded"), NewId("giver"), NewId("deployable"));
        await server.Register(giver, Provides("lines", "bytes", "number") + Services(Script("end", "true")), deployable);
        await server.Register(
            uuid,
            Services(Script(
                "s",
                "date +%N",
                RefersToEnd("end", giver, "end"), Value("text", "a &amp; b"), Refers("lines", giver, "lines"), Refers("bytes", giver, "bytes"), Refers("number", giver, "number"))),
            deployable);
        var values = server.Server.Basic(giver, SecretOf(giver));
        await values.Give(1, ("lines", new System.Text.Json.Nodes.JsonArray("one", "two")), ("bytes", new System.Text.Json.Nodes.JsonObject { ["base64"] = "AP/+" }), ("number", 7));
        await values.PutMine("services/end", new() { ["generation"] = 1, ["state"] = "ended", ["exitStatus"] = 0 });
        using var guest = Guest(uuid);

        // A NUL byte cannot be in an environment: the service fails, which is as good an end as any here.
        Assert.Equal(1, (await guest.Run("--protocol", "2", "--deadline", "60")).ExitCode);
        var (code, _, log) = await guest.Run("--deadline", "60");

        Assert.True(code == 1, log);
        Assert.Contains("Protocol version 3 is used", log, StringComparison.Ordinal);
        Assert.DoesNotContain("s: started", log, StringComparison.Ordinal);
        var told = Assert.Single((await server.Server.Basic(uuid, SecretOf(uuid)).Hello()).Services);
        Assert.Equal(("failed", 1L), (told.State, told.Run));
    }

    [Fact]
    public async Task What_a_guest_waits_for_is_in_its_status()
    {
        var (web, db, deployable) = (NewId("web"), NewId("db"), NewId("deployable"));
        await server.Register(web, Services(Script("http", "true", Refers("port", db, "port"))), deployable);
        await server.Register(db, Provides("port"), deployable);
        using var guest = Guest(web);

        Assert.Equal(3, (await guest.Run("--once")).ExitCode);

        var (_, text, _) = await guest.Status();
        Assert.Contains($"  port waits for 'port' of assembly-of-{db} ({db}), which was never heard of", text, StringComparison.Ordinal);
    }

    /// <summary>Waits until the guest has applied its configuration after so many runs of each service.</summary>
    private static async Task Applied(BasicClient client, Task<(int ExitCode, string Output, string Log)> run, params long[] runs)
    {
        while (true)
        {
            var hello = await client.Hello();
            if (hello.AppliedRevision == hello.Revision && hello.Services.Select(service => service.State == "succeeded" ? service.Run : 0).SequenceEqual(runs)) return;
            if (run.IsCompleted) Assert.Fail($"The guest has ended: {(await run).Log}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    [Fact]
    public async Task A_failed_service_is_reported_with_its_status_and_shows_in_the_exit_code()
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
    public async Task An_instance_registered_again_is_told_again_and_its_services_do_not_run_twice()
    {
        var (uuid, deployable) = (NewId("again"), NewId("deployable"));
        var content = Provides("hostname") + Services(Script("s", "date +%N"));
        await server.Register(uuid, content, deployable);
        using var guest = Guest(uuid);
        Assert.Equal(0, (await guest.Run("--deadline", "60")).ExitCode);
        var output = guest.Output("s");

        await server.Register(uuid, content, deployable);
        Assert.Equal(0, (await guest.Run("--deadline", "60")).ExitCode);

        Assert.Equal(output, guest.Output("s"));
        Assert.Contains("status=\"success\"", (await server.Conductor.Get($"/reports/2/instance/{uuid}")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_instance_that_is_not_registered_is_incomplete_and_the_status_says_why()
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
        $"<service name=\"{name}\"><executable><contents>#!/bin/sh\n{script.Replace(">", "&gt;", StringComparison.Ordinal)}\n</contents></executable>"
        + (parameters.Length == 0 ? "" : $"<parameters>{string.Concat(parameters)}</parameters>")
        + "</service>";
}
