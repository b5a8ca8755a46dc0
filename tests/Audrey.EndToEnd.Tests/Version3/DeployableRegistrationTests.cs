using System.Text.Json.Nodes;
using Audrey.Core.Statuses;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

/// <summary>Any deployable that the client library can register can also be registered over HTTP.</summary>
[Collection(ServerCollection.Name)]
public sealed class DeployableRegistrationTests(ServerFixture server)
{
    private readonly string _id = NewId("shop");

    private BasicClient Conductor => server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    [Fact]
    public async Task A_repeated_registration_changes_nothing_and_a_different_one_is_refused()
    {
        var (db, web) = (NewId("db"), NewId("web"));
        var parameter = From("db_port", new() { ["instance"] = db, ["parameter"] = "port" });
        var body = Body(Instance(db, "db", provide: "port"), Instance(web, "web", parameters: parameter));
        await Register(body);
        await server.Server.Basic(db, SecretOf(db)).Give(1, ("port", 3306));
        await Register(body);
        Assert.True((await server.Server.Basic(web, SecretOf(web)).Configuration()).Complete);

        body["name"] = "another name";
        Assert.Equal(ProblemTypes.AlreadyRegistered, BasicClient.Problem(await Put(body), 409).Type);
        body["name"] = "the shop";
        body["deadlineSeconds"] = 60;
        Assert.Equal(ProblemTypes.AlreadyRegistered, BasicClient.Problem(await Put(body), 409).Type);
    }

    [Fact]
    public async Task If_one_instance_is_refused_nothing_is_registered()
    {
        var (taken, free, elsewhere) = (NewId("taken"), NewId("free"), NewId("elsewhere"));
        await server.Register(taken, "", elsewhere);
        var answer = await Put(Body(Instance(free, "web"), Instance(taken, "web")));
        Assert.Equal(ProblemTypes.IdInUse, BasicClient.Problem(answer, 409).Type);
        BasicClient.Problem(await Conductor.Get($"/v3/deployables/{_id}"), 404);
        BasicClient.Problem(await server.Server.Basic(free, SecretOf(free)).GetOwn("hello"), 401);
        await Register(Body(Instance(free, "web")));
    }

    [Fact]
    public async Task The_error_for_a_file_that_cannot_be_downloaded_names_the_instance()
    {
        var broken = Instance(NewId("web"), "web");
        broken["services"]![0]!["executable"] = new JsonObject { ["url"] = "http://127.0.0.1:1/start" };
        var problem = BasicClient.Problem(await Put(Body(Instance(NewId("db"), "db"), broken)), 400);
        Assert.Equal("/instances/1", problem.Errors!.Single().Pointer);
        BasicClient.Problem(await Conductor.Get($"/v3/deployables/{_id}"), 404);
    }

    [Fact]
    public async Task A_secret_that_becomes_the_value_of_an_open_parameter_causes_a_warning()
    {
        var (db, web) = (NewId("db"), NewId("web"));
        var provider = Instance(db, "db", provide: "password");
        provider["provide"]![0]!["secret"] = true;

        var answer = await Register(Body(
            provider, Instance(web, "web", parameters: [From("open", new() { ["instance"] = db, ["parameter"] = "password" })])));

        var warning = Assert.Single(answer.Warnings);
        Assert.Equal("/instances/1/services/0/parameters/0/from/parameter", warning.Pointer);
        Assert.Contains("takes the secret 'password' of db and is not secret itself", warning.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_status_and_the_configuration_show_a_group_a_default_value_and_a_deadline()
    {
        string[] webs = [NewId("web"), NewId("web"), NewId("web")];
        var (lb, db) = (NewId("lb"), NewId("db"));
        var answer = await Register(Body(
            [
                .. webs.Select((web, i) => Instance(web, "web", provide: "ip", ordinal: 2 - i)),
                Instance(
                    lb,
                    "lb",
                    parameters:
                    [
                        From("peers", new() { ["group"] = "web", ["parameter"] = "ip", ["atLeast"] = 2 }),
                        With(From("db", new() { ["instance"] = db, ["parameter"] = "ip" }), "default", "none"),
                        new JsonObject { ["name"] = "raw", ["base64"] = "AP8=" },
                    ]),
            ], deadlineSeconds: 3600));
        Assert.Equal("/instances/3/services/0/parameters/1/from/instance", answer.Warnings.Single().Pointer);

        await server.Server.Basic(webs[0], SecretOf(webs[0])).Give(1, ("ip", "10.0.0.3"));
        var status = await Status();
        var waits = status.Instances.Single(instance => instance.Id.Value == lb).Services.Single().Waits;
        Assert.Equal(new MissingValueGroup("web", 1, 2, 3), waits[0].Group);
        Assert.EndsWith("(1 of at least 2 values of group 'web' are available)", waits[0].Detail, StringComparison.Ordinal);
        Assert.Equal([webs[2], webs[1]], waits.Select(wait => wait.Provider!.Id.Value));
        Assert.Equal((4, false, false, false), (status.Expected, status.IsLaunching, status.IsBeingDeleted, status.IsTimedOut));
        Assert.Equal(TimeSpan.FromHours(1), status.Deadline - status.Registered);
        var expected = $"lb[s].peers waits for 'ip' of web-0 ({webs[2]}), or another member of group 'web' "
            + "(1 of at least 2 values are available),";
        Assert.Contains(status.Diagnosis, cause => cause.StartsWith(expected, StringComparison.Ordinal));

        await server.Server.Basic(webs[2], SecretOf(webs[2])).Give(1, ("ip", "10.0.0.1"));
        var configuration = await server.Server.Basic(lb, SecretOf(lb)).Configuration();
        var parameters = configuration.Services.Single().Parameters.ToDictionary(parameter => parameter.Name);
        Assert.Equal(["10.0.0.1", "10.0.0.3"], parameters["peers"].Value!.AsArray().Select(value => (string)value!));
        Assert.Equal(("none", "AP8="), ((string)parameters["db"].Value!, parameters["raw"].Base64));
    }

    [Fact]
    public async Task Four_thousand_instances_that_all_refer_to_each_other_are_refused_within_seconds()
    {
        await using var large = await RunningServer.Start();
        var conductor = large.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        var body = Body([.. Enumerable.Range(0, 4000).Select(number => Instance(
            $"web-{number}", "web", provide: "ip", ordinal: number,
            parameters: From("peers", new() { ["group"] = "web", ["parameter"] = "ip" })))]).ToJsonString();

        var answer = await conductor.Put("/v3/deployables/mesh", body).Within("the refusal of a large mesh", TimeSpan.FromSeconds(20));

        var error = BasicClient.Problem(answer, 400).Errors!.Single();
        Assert.Equal("/instances", error.Pointer);
        Assert.Contains("16000000 references", error.Detail, StringComparison.Ordinal);
        BasicClient.Problem(await conductor.Get("/v3/deployables/mesh"), 404);
    }

    [Fact]
    public async Task A_Puppet_service_and_descriptive_texts_are_registered()
    {
        var web = NewId("web");
        var instance = With(With(Instance(web, "web"), "type", "small"), "template", "fedora");
        instance["services"]![0] = new JsonObject { ["name"] = "s", ["classes"] = new JsonArray("sshd") };
        await Register(Body(instance));
        Assert.Equal("puppet", (await server.Server.Basic(web, SecretOf(web)).Hello()).Services.Single().Engine);
    }

    [Fact]
    public async Task The_error_for_services_that_wait_for_each_other_shows_the_cycle()
    {
        var (db, web) = (NewId("db"), NewId("web"));
        var error = BasicClient.Problem(
            await Put(Body(
                Instance(web, "web", parameters: From("a", new() { ["instance"] = db, ["service"] = "s" })),
                Instance(db, "db", parameters: From("b", new() { ["instance"] = web, ["service"] = "s" })))),
            400).Errors!.Single();
        Assert.Equal("/instances/0/services/0", error.Pointer);
        Assert.Equal("services wait for each other to end and would never start: web[s] -> db[s] -> web[s]", error.Detail);
    }

    [Theory]
    [InlineData("""{"name":"p","from":{"group":"web","parameter":"ip"}}""", "/from/group")]
    [InlineData("""{"name":"p","from":{"group":"web","instances":["a/b"],"parameter":"ip"}}""", "/from/instances/0")]
    [InlineData("""{"name":"p","from":{"group":"web","instances":["x"],"parameter":"ip","first":0}}""", "")]
    [InlineData("""{"name":"p","from":{"group":"web","instance":"x","instances":["x"],"parameter":"ip"}}""", "/from")]
    [InlineData("""{"name":"p","from":{"instance":"x","parameter":"ip","first":1}}""", "/from/first")]
    [InlineData("""{"name":"p","from":{"instance":"x","parameter":"ip","atLeast":1}}""", "/from/atLeast")]
    [InlineData("""{"name":"p","from":{"instance":"x","parameter":"ip","instances":[]}}""", "/from/instances")]
    [InlineData("""{"name":"p","from":{"instance":"x","parameter":"ip","service":"s"}}""", "/from")]
    [InlineData("""{"name":"p","value":"1","base64":"AA=="}""", "/base64")]
    [InlineData("""{"name":"p","base64":"?"}""", "/base64")]
    [InlineData("""{"name":"p","from":{"instance":"x","parameter":"ip"},"defaultBase64":"?"}""", "/defaultBase64")]
    [InlineData("""{"name":"p","value":"1","default":"2"}""", "")]
    [InlineData("""{"name":"p"}""", "")]
    public async Task The_error_for_a_parameter_contains_its_location(string parameter, string pointer)
    {
        var instance = Instance(NewId("lb"), "lb", parameters: JsonNode.Parse(parameter)!.AsObject());
        var problem = BasicClient.Problem(await Put(Body(instance)), 400);
        Assert.Contains("/instances/0/services/0/parameters/0" + pointer, problem.Errors!.Select(error => error.Pointer));
    }

    [Fact]
    public async Task The_errors_for_a_deployable_contain_their_locations()
    {
        var id = NewId("twice");
        var second = With(Instance(id, "db", provide: "a"), "secret", "");
        second["provide"]!.AsArray().Add(new JsonObject { ["name"] = "a" });
        second["ordinal"] = -1;
        second["services"]!.AsArray().Add(new JsonObject
        {
            ["name"] = "s",
            ["files"] = new JsonArray(new JsonObject { ["fileName"] = "f" }),
            ["classes"] = new JsonArray(""),
        });
        var problem = BasicClient.Problem(await Put(Body([Instance(id, "web"), second], deadlineSeconds: 0)), 400);
        string[] expected =
        [
            "/deadlineSeconds", "/instances/1/id", "/instances/1/secret", "/instances/1/provide/1", "/instances/1/ordinal",
            "/instances/1/services/1", "/instances/1/services/1/files/0", "/instances/1/services/1/classes/0",
        ];
        Assert.All(expected, pointer => Assert.Contains(pointer, problem.Errors!.Select(error => error.Pointer)));
    }

    private Task<Answer> Put(JsonNode body) => Conductor.Put($"/v3/deployables/{_id}", body.ToJsonString());

    private async Task<DeployableAnswer> Register(JsonNode body) =>
        BasicClient.Read(await Put(body), Version3Json.Default.DeployableAnswer);

    private async Task<DeployableStatus> Status() =>
        BasicClient.Read(await Conductor.Get($"/v3/deployables/{_id}"), StatusJson.Default.DeployableStatus);

    private static JsonObject Body(params JsonObject[] instances) =>
        new() { ["name"] = "the shop", ["instances"] = new JsonArray(instances) };

    private static JsonObject Body(JsonObject[] instances, int deadlineSeconds) =>
        With(Body(instances), "deadlineSeconds", deadlineSeconds);

    private static JsonObject Instance(
        string id, string assembly, string? provide = null, int? ordinal = null, params JsonObject[] parameters)
    {
        var instance = new JsonObject
        {
            ["id"] = id,
            ["assembly"] = assembly,
            ["secret"] = SecretOf(id),
            ["services"] = new JsonArray(new JsonObject
            {
                ["name"] = "s",
                ["executable"] = new JsonObject { ["contents"] = "#!/bin/sh\n" },
                ["parameters"] = new JsonArray(parameters),
            }),
        };
        if (provide is not null) instance["provide"] = new JsonArray(new JsonObject { ["name"] = provide });
        if (ordinal is not null) instance["ordinal"] = ordinal.Value;
        return instance;
    }

    private static JsonObject From(string name, JsonObject from) => new() { ["name"] = name, ["from"] = from };

    private static JsonObject With(JsonObject body, string member, JsonNode value)
    {
        body[member] = value;
        return body;
    }
}
