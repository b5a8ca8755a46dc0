using System.Text.Json;
using System.Text.Json.Nodes;
using Audrey.Core.Completion;
using Audrey.Core.Statuses;
using Audrey.EndToEnd.Tests.Commands;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Guests;

/// <summary>A proxy over a group that grows from 3 to 4, with the guest program, the command and version 3.</summary>
[Collection(ServerCollection.Name)]
public sealed class GrowingGroupTests(ServerFixture server) : IDisposable
{
    private const string Stay = "    stay: false\n";

    private readonly TempDirectory _directory = new();

    private BasicClient Conductor => server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_proxys_guest_stays_by_default_and_applies_the_fourth_member()
    {
        var (id, proxy) = await Launch("");
        using var guest = Guest(proxy);
        var run = guest.Run("--deadline", "120");
        await UntilOutput(guest, run, "10.0.0.0 10.0.0.1 10.0.0.2\n");
        Assert.Equal(0, (await Command("wait", id, "--timeout", "60")).Code);

        await Grow(id);

        await UntilOutput(guest, run, "10.0.0.0 10.0.0.1 10.0.0.2 10.0.0.3\n");
        Assert.Equal(0, (await Command("wait", id, "--timeout", "60")).Code);
        var (code, text, _) = await Command("status", id);
        Assert.True(code == 0, text);
        Assert.DoesNotContain("out of date", text, StringComparison.Ordinal);
        await guest.Terminate();
        var end = await run.Within("the end of a terminated guest");
        Assert.True(end.ExitCode == 0, end.Log);
    }

    [Fact]
    public async Task A_guest_that_does_not_stay_is_out_of_date_until_it_runs_again()
    {
        var (id, proxy) = await Launch(Stay);
        using var guest = Guest(proxy);
        var first = await guest.Run("--deadline", "120");
        Assert.True(first.ExitCode == 0, first.Log);
        Assert.Equal(0, (await Command("wait", id, "--timeout", "60")).Code);

        await Grow(id);

        Assert.Equal("10.0.0.0 10.0.0.1 10.0.0.2\n", guest.Output("haproxy"));
        var (code, text, _) = await Command("status", id);
        Assert.True(code == 7, text);
        Assert.Contains(": complete, 5 of 5 instances configured, 1 out of date", text, StringComparison.Ordinal);
        Assert.Contains("its guest does not stay; run it again on its machine", text, StringComparison.Ordinal);
        var waited = await Command("wait", id, "--timeout", "60");
        Assert.True(waited.Code == 7, waited.Error);
        Assert.Contains("is complete, but 1 instance out of date", waited.Error, StringComparison.Ordinal);
        Assert.Equal(7, (await Command("watch", id)).Code);
        Assert.Equal(7, (await Command("describe", proxy.Id)).Code);
        using var json = JsonDocument.Parse((await Command("status", id, "--json")).Out);
        Assert.Single(json.RootElement.GetProperty("outOfDate").EnumerateArray());
        var status = BasicClient.Read(
            await Conductor.Get($"/v3/instances/{proxy.Id}/report"), StatusJson.Default.InstanceStatus);
        Assert.NotNull(status.OutOfDateSince);
        Assert.False(status.Stays);

        var second = await guest.Run("--deadline", "120");

        Assert.True(second.ExitCode == 0, second.Log);
        Assert.Equal("10.0.0.0 10.0.0.1 10.0.0.2 10.0.0.3\n", guest.Output("haproxy"));
        Assert.Equal(0, (await Command("status", id)).Code);
        var (_, events, _) = await Command("events", id);
        Assert.Contains("is out of date until it has applied revision", events, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_member_that_leaves_hands_over_its_work_before_the_proxy_forgets_it()
    {
        var id = NewId("shop");
        await LogIn();
        await File.WriteAllTextAsync(_directory.File("shop.yaml"), $$"""
            audrey: 1
            name: shop
            assemblies:
              web:
                count: 2
                hardware_profile: small
                stay: true
                services:
                  http:
                    script:
                      run: "#!/bin/sh"
                      files:
                        - name: leave
                          contents: |
                            #!/bin/sh
                            echo left by $AUDREY_LEAVE_BY >>{{_directory.File("left")}}

            """);
        var launch = await Command("launch", _directory.File("shop.yaml"), "--id", id, "--output", _directory.File("out"));
        Assert.True(launch.Code == 0, launch.Error);
        var leaving = ReadPlan().Single(instance => instance.Ordinal == 1);
        using var guest = Guest(leaving);
        var run = guest.Run("--deadline", "120");
        await Deadlines.Until(
            async () => BasicClient.Read(await Report(leaving), StatusJson.Default.InstanceStatus).Status == CompletionStatus.Success,
            "the configuration of the member that leaves");

        var scaled = await Command("scale", id, "web", "1", "--notice", "1h", "--output", _directory.File("out"));

        Assert.True(scaled.Code == 0, scaled.Error);
        Assert.StartsWith($"web-1 ({leaving.Id}) was removed: shut down its machine", scaled.Out, StringComparison.Ordinal);
        Assert.Contains("Instances of web that leave have until", scaled.Error, StringComparison.Ordinal);
        Assert.StartsWith("left by ", await File.ReadAllTextAsync(_directory.File("left")), StringComparison.Ordinal);
        Assert.Equal(404, (await Report(leaving)).Status);
        var refused = await Command("scale", id, "web", "2", "--notice", "25h", "--output", _directory.File("out"));
        Assert.True(refused.Code != 0, refused.Out);
        Assert.Contains("must be from 0 to 24 hours", refused.Error, StringComparison.Ordinal);
        BasicClient.Problem(await Conductor.Put(
            $"/v3/deployables/{id}/groups/web", new JsonObject { ["size"] = 2, ["noticeSeconds"] = -1 }.ToJsonString()), 400);
        await guest.Terminate();
        await run.Within("the end of a terminated guest");

        Task<Answer> Report(NewInstance instance) => Conductor.Get($"/v3/instances/{instance.Id}/report");
    }

    /// <summary>Launches the deployable, and gives the values of the members. Returns the id, and the instance of the proxy.</summary>
    private async Task<(string Id, NewInstance Proxy)> Launch(string stay)
    {
        var id = NewId("shop");
        await LogIn();
        await File.WriteAllTextAsync(_directory.File("shop.yaml"), $$"""
            audrey: 1
            name: shop
            assemblies:
              web:
                count: 3
                hardware_profile: small
                returns: [ip]
              proxy:
                hardware_profile: small
            {{stay}}    services:
                  haproxy:
                    script:
                      run: |
                        #!/bin/sh
                        echo $AUDREY_VAR_haproxy_backends
                    parameters:
                      backends: {from: web, return: ip, all: true}

            """);
        var launch = await Command("launch", _directory.File("shop.yaml"), "--id", id, "--output", _directory.File("out"));
        Assert.True(launch.Code == 0, launch.Error);
        var instances = ReadPlan();
        foreach (var member in instances.Where(instance => instance.Assembly == "web")) await Give(member);
        return (id, instances.Single(instance => instance.Assembly == "proxy"));
    }

    private async Task LogIn()
    {
        Directory.CreateDirectory(_directory.File("home"));
        var login = await Command(
            RunningServer.ConductorSecret,
            ["login", "shop", "--url", server.Server.Endpoint.ToString(), "--key", RunningServer.ConductorKey]);
        Assert.True(login.Code == 0, login.Error);
    }

    private List<NewInstance> ReadPlan()
    {
        using var plan = JsonDocument.Parse(File.ReadAllText(_directory.File("out/plan.json")));
        return [.. plan.RootElement.GetProperty("instances").EnumerateArray().Select(instance => new NewInstance
        {
            Id = instance.GetProperty("uuid").GetString()!,
            Assembly = instance.GetProperty("assembly").GetString()!,
            Ordinal = instance.TryGetProperty("ordinal", out var ordinal) ? ordinal.GetInt32() : -1,
            Secret = instance.GetProperty("secret").GetString()!,
        })];
    }

    private async Task Grow(string id)
    {
        var (code, _, error) = await Command("scale", id, "web", "4", "--output", _directory.File("out"));
        Assert.True(code == 0, error);
        await Give(Assert.Single(await Conductor.Added(id, "web")));
    }

    private async Task Give(NewInstance member) => Assert.Equal(
        200, (await server.Server.Basic(member.Id, member.Secret).Give(1, ("ip", $"10.0.0.{member.Ordinal}"))).Status);

    private GuestProcess Guest(NewInstance instance) => new(server.Server.Endpoint, instance.Id, instance.Secret);

    private Task<(int Code, string Out, string Error)> Command(params string[] args) => Command("", args);

    private Task<(int Code, string Out, string Error)> Command(string input, string[] args) =>
        new CommandProcess(_directory.File("home")).Run(input, args);

    private static Task UntilOutput(GuestProcess guest, Task<(int ExitCode, string Output, string Log)> run, string output) =>
        Deadlines.Until(
            async () =>
            {
                if (run.IsCompleted) Assert.Fail($"The guest has ended: {(await run).Log}");
                try
                {
                    return guest.Output("haproxy") == output;
                }
                catch (IOException)
                {
                    // The service has not run yet, or is about to run again.
                    return false;
                }
            },
            $"the output {output}");
}
