using Audrey.EndToEnd.Tests.Protocol;
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
        Assert.Contains("this instance is not registered (yet)", log, StringComparison.Ordinal);
        var (statusCode, text, _) = await guest.Status();
        Assert.Equal(3, statusCode);
        Assert.Contains("trouble: GET /params: answered 404", text, StringComparison.Ordinal);
    }

    private GuestProcess Guest(string uuid) => new(server.Server.Endpoint, uuid, SecretOf(uuid));

    private static string Script(string name, string script, params string[] parameters) =>
        $"<service name=\"{name}\"><executable><contents>#!/bin/sh\n{script.Replace(">", "&gt;", StringComparison.Ordinal)}\n</contents></executable>"
        + (parameters.Length == 0 ? "" : $"<parameters>{string.Concat(parameters)}</parameters>")
        + "</service>";
}
