using System.Text.Json;
using System.Text.Json.Nodes;
using Audrey.Core.Completion;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

[Collection(ServerCollection.Name)]
public sealed class ConductorTests(ServerFixture server)
{
    private BasicClient Conductor => server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    private BasicClient Other => server.Server.Basic(RunningServer.OtherConductorKey, RunningServer.OtherConductorSecret);

    [Fact]
    public async Task A_deployable_is_registered_shown_listed_and_deleted()
    {
        var (deployable, db, web) = (NewId("shop"), NewId("db"), NewId("web"));
        var registered = BasicClient.Read(await Put(Conductor, deployable, Shop(db, web, "port")), Version3Json.Default.DeployableAnswer);
        Assert.Equal(2, registered.Instances);
        Assert.Empty(registered.Warnings);
        var guest = server.Server.Basic(web, SecretOf(web));
        var secrets = (await guest.Configuration()).Services.Single().Parameters.Where(parameter => parameter.Secret);
        Assert.Equal(["password"], secrets.Select(parameter => parameter.Name));

        var status = BasicClient.Read(await Conductor.Get($"/v3/deployables/{deployable}"), StatusJson.Default.DeployableStatus);
        var wait = status.Instances.Single(instance => instance.Id.Value == web).Services.Single().Waits.Single();
        Assert.Equal(
            ("db_port", WaitReason.NotGivenYet, "db", CompletionStatus.Incomplete),
            (wait.Parameter, wait.Reason, wait.Provider!.Assembly, status.Status));
        Assert.EndsWith("which was never heard from", wait.Detail, StringComparison.Ordinal);

        await server.Server.Basic(db, SecretOf(db)).Give(1, ("port", 3306));
        var parameters = (await guest.Configuration()).Services.Single().Parameters;
        Assert.Equal(3306, (int)parameters.Single(parameter => parameter.Name == "db_port").Value!);
        Assert.Contains(deployable, await List());

        await Conductor.DeleteToTheEnd(deployable);
        Assert.DoesNotContain(deployable, await List());
        BasicClient.Problem(await guest.GetOwn("hello"), 401);
        BasicClient.Problem(await Conductor.Get($"/v3/deployables/{deployable}"), 404);
    }

    [Fact]
    public async Task Every_error_in_a_request_is_reported_with_its_location_and_nothing_is_registered()
    {
        var (deployable, db, web) = (NewId("shop"), NewId("db"), NewId("web"));
        var misspelt = BasicClient.Problem(await Put(Conductor, deployable, Shop(db, web, "prot")), 400).Errors!.Single();
        Assert.Equal("/instances/1/services/0/parameters/0/from/parameter", misspelt.Pointer);
        Assert.EndsWith("did you mean 'port'?", misspelt.Detail, StringComparison.Ordinal);

        var request = JsonNode.Parse(
            """
            {"instances":[{"id":"a/b"},
             {"id":"ok","services":[{"name":"s","parameters":[{"name":"p","type":"number","from":{"instance":"x"}}]}]},null]}
            """)!;
        var pointers = BasicClient.Problem(await Put(Conductor, deployable, request), 400).Errors!.Select(error => error.Pointer).ToList();
        string[] expected =
        [
            "/name", "/instances/0/id", "/instances/1/secret", "/instances/1/assembly", "/instances/1/services/0/parameters/0/type",
            "/instances/1/services/0/parameters/0/from", "/instances/2/id",
        ];
        Assert.All(expected, pointer => Assert.Contains(pointer, pointers));
        BasicClient.Problem(await Conductor.Get($"/v3/deployables/{deployable}"), 404);
    }

    [Fact]
    public async Task A_conductor_can_neither_see_nor_change_the_deployable_of_another_conductor()
    {
        var (deployable, db, web) = (NewId("shop"), NewId("db"), NewId("web"));
        await Put(Conductor, deployable, Shop(db, web, "port"));
        Assert.Equal(ProblemTypes.NotYours, BasicClient.Problem(await Put(Other, deployable, Shop(db, web, "port")), 403).Type);
        Assert.Equal(ProblemTypes.NotFound, BasicClient.Problem(await Other.Get($"/v3/deployables/{deployable}"), 404).Type);
        Assert.Equal(ProblemTypes.NotFound, BasicClient.Problem(await Other.Get($"/v3/instances/{db}/report"), 404).Type);
        Assert.Equal(ProblemTypes.NotYours, BasicClient.Problem(await Other.Delete($"/v3/deployables/{deployable}"), 403).Type);
        Assert.Equal(ProblemTypes.IdInUse, BasicClient.Problem(await Put(Conductor, deployable + "-2", Shop(db, web, "port")), 409).Type);
    }

    [Theory]
    [InlineData("GET", "/v3/deployables")]
    [InlineData("GET", "/v3/deployables/d")]
    [InlineData("PUT", "/v3/deployables/d")]
    [InlineData("DELETE", "/v3/deployables/d")]
    [InlineData("PUT", "/v3/deployables/d/groups/g")]
    [InlineData("PUT", "/v3/deployables/d/instances/u")]
    [InlineData("GET", "/v3/deployables/d/events")]
    [InlineData("GET", "/v3/instances/u/report")]
    public async Task The_routes_of_conductors_refuse_all_other_callers(string method, string path)
    {
        var uuid = NewId("guest");
        await server.RegisterVersion3(uuid, "", NewId("deployable"));
        (string, string)[] credentials =
            [(uuid, SecretOf(uuid)), (RunningServer.ConductorKey, "wrong"), (NewId("nobody"), RunningServer.ConductorSecret)];
        foreach (var (user, secret) in credentials)
        {
            var content = method == "PUT" ? new StringContent("{}", System.Text.Encoding.UTF8, "application/json") : null;
            var answer = await server.Server.Basic(user, secret).Send(HttpMethod.Parse(method), path, content);
            Assert.Equal(ProblemTypes.NotAuthorized, BasicClient.Problem(answer, 401).Type);
        }

        // The right secret ends the count of wrong ones, which would delay other tests.
        var conductor = server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        Assert.Equal(200, (await conductor.Get("/v3/deployables")).Status);
    }

    [Fact]
    public async Task An_invalid_page_is_answered_with_a_problem() =>
        Assert.Equal("after", BasicClient.Problem(await Conductor.Get("/v3/deployables?after=x"), 400).Errors!.Single().Pointer);

    private static Task<Answer> Put(BasicClient conductor, string deployable, JsonNode body) =>
        conductor.Put($"/v3/deployables/{deployable}", body.ToJsonString());

    private static JsonNode Shop(string db, string web, string port) => JsonSerializer.SerializeToNode(
        new DeployableRequest
        {
            Name = "the shop",
            Instances =
            [
                new() { Id = db, Assembly = "db", Secret = SecretOf(db), Provide = [new() { Name = "port" }] },
                new()
                {
                    Id = web,
                    Assembly = "web",
                    Secret = SecretOf(web),
                    Services =
                    [
                        new()
                        {
                            Name = "http",
                            Executable = new() { FileName = "start", Contents = "#!/bin/sh\n" },
                            Parameters =
                            [
                                new() { Name = "db_port", Type = "integer", From = new() { Instance = db, Parameter = port } },
                                new() { Name = "password", Secret = true, Value = "hunter2" },
                            ],
                        },
                    ],
                },
            ],
        },
        Version3Json.Default.DeployableRequest)!;

    private async Task<List<string>> List()
    {
        List<string> deployables = [];
        for (var path = "/v3/deployables"; ;)
        {
            var page = BasicClient.Read(await Conductor.Get(path), Version3Json.Default.DeployableList);
            deployables.AddRange(page.Deployables);
            if (page.Next is null) return deployables;
            path = $"/v3/deployables?after={page.Next}";
        }
    }
}
