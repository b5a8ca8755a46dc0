using System.Text.Json.Nodes;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;
using Audrey.EndToEnd.Tests.Commands;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

/// <summary>A service that waits for the end of another one stops after its failure, or goes on, as the reference says.</summary>
[Collection(ServerCollection.Name)]
public sealed class OnFailedTests(ServerFixture server)
{
    private readonly (string Shop, string Db, string Web) _id = (NewId("shop"), NewId("db"), NewId("web"));

    private BasicClient Conductor => server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    [Theory]
    [InlineData("stop", true)]
    [InlineData("go-on", false)]
    [InlineData(null, false)]
    public async Task A_failure_holds_the_service_back_until_the_failed_service_succeeds(string? onFailed, bool holds)
    {
        await Register(onFailed);
        await End(run: 1, exitStatus: 9);

        var service = (await server.Server.Basic(_id.Web, SecretOf(_id.Web)).Configuration()).Services.Single();
        Assert.True(service.Complete);
        Assert.Equal((_id.Db, "mysql", "9", holds ? "stop" : null), Parts(Assert.Single(service.Failed!)));
        Assert.Equal(holds ? $"does not run because service mysql of db ({_id.Db}) ended with 9" : null, await Problem());
        var xml = (await server.Conductor.Get($"/reports/2/instance/{_id.Web}")).Text;
        Assert.Equal(holds, xml.Contains($"service mysql of {_id.Db} ended with 9", StringComparison.Ordinal));
        Assert.Equal(holds ? 202 : 200, (await server.Server.Guest(_id.Web).Get($"/configs/2/{_id.Web}")).Status);

        await End(run: 2, exitStatus: 0);
        Assert.Null((await server.Server.Basic(_id.Web, SecretOf(_id.Web)).Configuration()).Services.Single().Failed);
        Assert.Null(await Problem());
        Assert.Equal(200, (await server.Server.Guest(_id.Web).Get($"/configs/2/{_id.Web}")).Status);
    }

    [Fact]
    public async Task A_command_to_run_a_service_again_says_what_holds_it_back()
    {
        await Register("stop");
        await End(run: 1, exitStatus: 0);
        await End(run: 1, exitStatus: 1, _id.Web, "http");
        await End(run: 2, exitStatus: 9);
        var reason = $"does not run because service mysql of db ({_id.Db}) ended with 9";
        Assert.Null(await Problem());

        var retried = BasicClient.Read(
            await Conductor.Post($"/v3/deployables/{_id.Shop}/instances/{_id.Web}/retry"), Version3Json.Default.RetriedServices);
        Assert.Equal([reason], Assert.Single(retried.Services).WaitsFor);
        Assert.Equal(reason, await Problem());
        await using var library = await server.Server.Connect(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        Assert.Equal([reason], (await library.RetryServicesAsync(InstanceId.Parse(_id.Web))).Waits["http"]);
        using var home = new TempDirectory();
        var command = new CommandProcess(home.Path);
        var login = await command.Run(
            RunningServer.ConductorSecret,
            "login", "shop", "--url", server.Server.Endpoint.ToString(), "--key", RunningServer.ConductorKey);
        Assert.True(login.Code == 0, login.Error);
        var (_, text, _) = await command.Run("", "retry", $"{_id.Web}/http");
        Assert.Contains("runs http again, as run 2, when nothing holds it back any more:", text, StringComparison.Ordinal);
        Assert.Contains($"  it {reason}", text, StringComparison.Ordinal);
        Assert.Equal([reason], JsonNode.Parse((await command.Run("", "retry", _id.Web, "--json")).Out)!
            ["services"]![0]!["waitsFor"]!.AsArray().Select(one => one!.GetValue<string>()));

        await End(run: 3, exitStatus: 0);
        Assert.Null(await Problem());
        Assert.Null(Assert.Single(BasicClient.Read(
            await Conductor.Post($"/v3/deployables/{_id.Shop}/instances/{_id.Web}/retry"),
            Version3Json.Default.RetriedServices).Services).WaitsFor);
    }

    [Fact]
    public async Task A_policy_that_is_unknown_or_not_for_a_service_is_refused_with_its_place()
    {
        var unknown = await Put(new() { Instance = _id.Db, Service = "mysql", OnFailed = "wait" });
        var value = await Put(new() { Instance = _id.Db, Parameter = "ip", OnFailed = "stop" });

        const string place = "/instances/1/services/0/parameters/0/from/onFailed";
        Assert.Contains(unknown.Errors!, error => error == new ProblemError(place, "must be stop or go-on"));
        Assert.Contains(value.Errors!, error => error == new ProblemError(place, "is allowed only with a service"));
    }

    private static (string, string, string, string?) Parts(FailedService failed) =>
        (failed.Instance, failed.Service, failed.ExitStatus, failed.OnFailed);

    private async Task Register(string? onFailed)
    {
        var answer = await Conductor.Put(
            $"/v3/deployables/{_id.Shop}",
            Body(new() { Instance = _id.Db, Service = "mysql", OnFailed = onFailed }),
            Version3Json.Default.DeployableRequest);
        Assert.Equal(200, answer.Status);
    }

    private async Task<Problem> Put(SourceOfValue from) => BasicClient.Problem(
        await Conductor.Put($"/v3/deployables/{NewId("shop")}", Body(from), Version3Json.Default.DeployableRequest), 400);

    private DeployableRequest Body(SourceOfValue from) => new()
    {
        Name = "shop",
        Instances =
        [
            Instance(_id.Db, "db", new() { Name = "mysql", Executable = new() { FileName = "start", Contents = "#!/bin/sh\n" } }),
            Instance(
                _id.Web,
                "web",
                new()
                {
                    Name = "http",
                    Executable = new() { FileName = "start", Contents = "#!/bin/sh\n" },
                    Parameters = [new() { Name = "after", From = from }],
                }),
        ],
    };

    private static InstanceRequest Instance(string id, string assembly, ServiceConfigRequest service) => new()
    {
        Id = id,
        Assembly = assembly,
        Secret = SecretOf(id),
        Provide = [new() { Name = "ip" }],
        Services = [service],
    };

    private Task End(long run, int exitStatus) => End(run, exitStatus, _id.Db, "mysql");

    private async Task End(long run, int exitStatus, string instance, string service)
    {
        var report = new JsonObject
        {
            ["generation"] = 1,
            ["run"] = run,
            ["state"] = "ended",
            ["exitStatus"] = exitStatus,
        };
        Assert.Equal(200, (await server.Server.Basic(instance, SecretOf(instance)).PutOwn($"services/{service}", report)).Status);
    }

    private async Task<string?> Problem()
    {
        var answer = await Conductor.Get($"/v3/instances/{_id.Web}/report");
        return BasicClient.Read(answer, StatusJson.Default.InstanceStatus).Services.Single().Problem;
    }
}
