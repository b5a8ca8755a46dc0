using System.Text.Json.Nodes;
using Audrey.Core.Statuses;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;

namespace Audrey.EndToEnd.Tests.Crash;

public sealed class InterruptedRegistrationTests
{
    private const int Webs = 2000;
    private const string Path = "/v3/deployables/shop";

    [Fact]
    public async Task A_repeated_request_finishes_an_interrupted_registration_and_registers_each_instance_once()
    {
        using var directory = new TempDirectory();
        var body = Body().ToJsonString();
        await using (var first = await Start(directory))
        {
            var conductor = Conductor(first);
            var registering = conductor.Put(Path, body);
            while (!registering.IsCompleted && await CountInstances(conductor) < Webs / 10)
            {
                // The loop waits until some of the instances are registered. Then the server is killed.
            }

            await first.Kill();
            await ((Task)registering.Within("the end of the request")).ContinueWith(_ => { }, TaskScheduler.Default);
        }

        await using var second = await Start(directory);
        Assert.Equal(200, (await Conductor(second).Put(Path, body)).Status);

        var status = BasicClient.Read(await Conductor(second).Get(Path), StatusJson.Default.DeployableStatus);
        Assert.False(status.IsLaunching);
        Assert.Equal(Webs + 1, status.Instances.Length);
        Assert.Equal(Webs + 1, status.Instances.Select(instance => instance.Id).Distinct().Count());
        Assert.All(status.Instances, instance => Assert.Equal(1, instance.Generation));
        await Guest(second, "db").Give(1, ("port", "3306"));
        foreach (var web in new[] { 0, Webs / 2, Webs - 1 }) Assert.True((await Guest(second, $"web-{web}").Configuration()).Complete);
    }

    private static async Task<int> CountInstances(BasicClient conductor) => await conductor.Get(Path) is { Status: 200 } answer
        ? BasicClient.Read(answer, StatusJson.Default.DeployableStatus).Instances.Length
        : 0;

    private static Task<ServerProcess> Start(TempDirectory directory) =>
        ServerProcess.Start($"--Audrey:DataDirectory={directory.Path}");

    private static BasicClient Conductor(ServerProcess server) =>
        new(server.Http, ServerProcess.ConductorKey, ServerProcess.ConductorSecret);

    private static BasicClient Guest(ServerProcess server, string uuid) => new(server.Http, uuid, "secret of " + uuid);

    private static JsonObject Body() => new()
    {
        ["name"] = "the shop",
        ["instances"] = new JsonArray(
        [
            new JsonObject
            {
                ["id"] = "db",
                ["assembly"] = "db",
                ["secret"] = "secret of db",
                ["provide"] = new JsonArray(new JsonObject { ["name"] = "port" }),
            },
            .. Enumerable.Range(0, Webs).Select(number => Web($"web-{number}")),
        ]),
    };

    private static JsonObject Web(string id) => new()
    {
        ["id"] = id,
        ["assembly"] = "web",
        ["secret"] = "secret of " + id,
        ["services"] = new JsonArray(new JsonObject
        {
            ["name"] = "http",
            ["parameters"] = new JsonArray(new JsonObject
            {
                ["name"] = "port",
                ["from"] = new JsonObject { ["instance"] = "db", ["parameter"] = "port" },
            }),
        }),
    };
}
