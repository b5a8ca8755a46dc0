using System.Text.Json;
using System.Text.Json.Nodes;
using Audrey.Core.Statuses;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

/// <summary>Tests the registration of single instances, and reading the instances of a deployable in pages.</summary>
[Collection(ServerCollection.Name)]
public sealed class MembersTests(ServerFixture server)
{
    private readonly string _id = NewId("shop");
    private readonly string _db = NewId("db");

    private BasicClient Conductor => server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    private BasicClient Other => server.Server.Basic(RunningServer.OtherConductorKey, RunningServer.OtherConductorSecret);

    private BasicClient Db => server.Server.Basic(_db, SecretOf(_db));

    [Fact]
    public async Task A_repeated_registration_of_an_instance_changes_nothing_and_one_with_other_content_replaces_it()
    {
        for (var i = 0; i < 2; i++) Assert.Equal(204, (await Register(Definition("port"))).Status);
        await Db.Give(1, ("port", 3306));
        Assert.Equal(204, (await Register(Definition("port"))).Status);
        Assert.True((await Db.Hello()).Provide.Single().Given);

        Assert.Equal(204, (await Register(Definition("port", "host"))).Status);
        Assert.Equal((2, false), ((await Db.Hello()).Generation, (await Db.Hello()).Provide[0].Given));

        // After a replacement, the earlier registration counts as a new one when it is sent again.
        var path = $"/v3/deployables/{_id}/instances/{_db}";
        Assert.Equal(204, (await Conductor.Put(path, """{"secret":"another secret"}""")).Status);
        Assert.Equal(204, (await Register(Definition("port", "host"))).Status);
        Assert.Equal(4, (await Db.Hello()).Generation);
        Assert.Null(BasicClient.Read(await Conductor.Get($"/v3/deployables/{_id}/summary"), StatusJson.Default.DeployableSummary).Launch);
    }

    [Fact]
    public async Task An_instance_can_refer_to_a_group_if_the_reference_lists_the_instances()
    {
        await Register(Definition("port"));
        var lb = NewId("lb");
        var body = JsonNode.Parse($$"""
            {
              "name": "the shop",
              "instance": {
                "id": "{{lb}}", "assembly": "lb", "secret": "{{SecretOf(lb)}}",
                "services": [{
                  "name": "s", "executable": { "contents": "#!/bin/sh\n" },
                  "parameters": [{
                    "name": "ports", "type": "list", "from": { "group": "db", "instances": ["{{_db}}"], "parameter": "port" }
                  }]
                }]
              }
            }
            """)!;
        var path = $"/v3/deployables/{_id}/instances/{lb}/definition";
        Assert.Equal(204, (await Conductor.Put(path, body.ToJsonString())).Status);
        await Db.Give(1, ("port", 3306));
        Assert.True((await server.Server.Basic(lb, SecretOf(lb)).Configuration()).Complete);

        body["instance"]!["services"]![0]!["parameters"]![0]!["from"]!.AsObject().Remove("instances");
        var refusal = BasicClient.Problem(await Conductor.Put(path, body.ToJsonString()), 400);
        Assert.Equal("/instance/services/0/parameters/0/from/group", refusal.Errors![0].Pointer);
    }

    [Theory]
    [InlineData("{}", "/name", "/instance")]
    [InlineData("""{"name":"n","instance":{"id":"other","assembly":"db","secret":"s"}}""", "/instance/id")]
    [InlineData("""{"name":"n","instance":{}}""", "/instance/secret", "/instance/assembly")]
    [InlineData(
        """{"name":"n","instance":{"assembly":"a","secret":"s","services":[{"name":"s","executable":{"url":"http://127.0.0.1:1/"}}]}}""",
        "/instance")]
    public async Task The_problem_for_an_instance_that_cannot_be_registered_contains_the_locations_of_the_errors(
        string body, params string[] pointers)
    {
        var answer = await Conductor.Put($"/v3/deployables/{_id}/instances/{_db}/definition", body);
        Assert.Equal(pointers, BasicClient.Problem(answer, 400).Errors!.Select(error => error.Pointer));
        BasicClient.Problem(await Conductor.Get($"/v3/deployables/{_id}/summary"), 404);
    }

    [Fact]
    public async Task An_instance_of_another_deployable_or_conductor_is_not_registered()
    {
        await Register(Definition("port"));
        var body = JsonSerializer.Serialize(Definition("port"), Version3Json.Default.DefinitionRequest);
        var elsewhere = await Conductor.Put($"/v3/deployables/{NewId("shop")}/instances/{_db}/definition", body);
        Assert.Equal(ProblemTypes.IdInUse, BasicClient.Problem(elsewhere, 409).Type);
        var web = NewId("web");
        var other = body.Replace(_db, web, StringComparison.Ordinal);
        var foreign = await Other.Put($"/v3/deployables/{_id}/instances/{web}/definition", other);
        Assert.Equal(ProblemTypes.NotYours, BasicClient.Problem(foreign, 403).Type);
    }

    [Fact]
    public async Task The_pages_of_instances_together_contain_the_whole_status()
    {
        const int webs = 300;
        var body = new DeployableRequest
        {
            Name = "the shop",
            DeadlineSeconds = 3600,
            Instances =
            [
                .. from i in Enumerable.Range(0, webs)
                   select new InstanceRequest { Id = $"{_id}-{i}", Assembly = "web", Ordinal = i, Secret = "s" },
                new() { Id = _db, Assembly = "db", Secret = SecretOf(_db), Provide = [new() { Name = "port" }] },
                new()
                {
                    Id = $"{_id}-lb",
                    Assembly = "lb",
                    Secret = "s",
                    Services =
                    [
                        new()
                        {
                            Name = "s",
                            Executable = new() { Contents = "#!/bin/sh\n" },
                            Parameters = [new() { Name = "port", From = new() { Instance = _db, Parameter = "port" } }],
                        },
                    ],
                },
            ],
        };

        // The server of these tests allows only small bodies.
        await using var large = await RunningServer.Start();
        var conductor = large.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        var registered = await conductor.Put($"/v3/deployables/{_id}", body, Version3Json.Default.DeployableRequest);
        Assert.True(registered.Status == 200, registered.Text);
        Assert.Equal(200, (await large.Basic(_db, SecretOf(_db)).GetOwn("hello")).Status);

        var whole = BasicClient.Read(await conductor.Get($"/v3/deployables/{_id}"), StatusJson.Default.DeployableStatus);
        var pages = await conductor.StatusInPages(_id);
        Assert.Equal(webs + 2, pages.Instances.Length);
        Assert.Equal(Written(whole), Written(pages with { AsOf = whole.AsOf }));
        Assert.Contains(whole.Diagnosis, cause => cause.StartsWith("lb[s].port waits for 'port' of db", StringComparison.Ordinal));
        Assert.Equal("lb", whole.Waits.Single().Assembly);

        var first = BasicClient.Read(await conductor.Get($"/v3/deployables/{_id}/instances"), StatusJson.Default.InstancesPage);
        Assert.Equal((128, "1"), (first.Instances.Length, first.Next));
        var last = BasicClient.Read(await conductor.Get($"/v3/deployables/{_id}/instances?after=2"), StatusJson.Default.InstancesPage);
        Assert.Null(last.Next);
        var none = BasicClient.Read(await conductor.Get($"/v3/deployables/{_id}/instances?after=99"), StatusJson.Default.InstancesPage);
        Assert.Empty(none.Instances);
        var wrong = BasicClient.Problem(await conductor.Get($"/v3/deployables/{_id}/instances?after=x"), 400);
        Assert.Equal("after", wrong.Errors!.Single().Pointer);
    }

    [Fact]
    public async Task A_deletion_is_answered_202_until_everything_is_deleted()
    {
        await Register(Definition("port"));
        BasicClient.Problem(await Other.Delete($"/v3/deployables/{_id}"), 403);
        Assert.Equal(202, (await Conductor.Delete($"/v3/deployables/{_id}")).Status);
        Assert.Contains((await Conductor.Delete($"/v3/deployables/{_id}")).Status, new[] { 202, 404 });
        await Conductor.AwaitDeletion(_id);
        BasicClient.Problem(await Conductor.Delete($"/v3/deployables/{_id}"), 404);
        BasicClient.Problem(await Db.GetOwn("hello"), 401);
        Assert.Equal(204, (await Register(Definition("port"))).Status);
    }

    private static string Written(DeployableStatus status) =>
        JsonSerializer.Serialize(status with { Diagnosis = [.. status.Diagnosis.Order()] }, StatusJson.Default.DeployableStatus);

    private DefinitionRequest Definition(params string[] provides) => new()
    {
        Name = "the shop",
        Instance = new()
        {
            Id = _db,
            Assembly = "db",
            Secret = SecretOf(_db),
            Provide = [.. provides.Select(name => new ProvideRequest { Name = name })],
        },
    };

    private Task<Answer> Register(DefinitionRequest request) =>
        Conductor.Put($"/v3/deployables/{_id}/instances/{_db}/definition", request, Version3Json.Default.DefinitionRequest);
}
