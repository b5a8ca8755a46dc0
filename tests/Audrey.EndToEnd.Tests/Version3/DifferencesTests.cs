using System.Text;
using System.Text.Json.Nodes;
using Audrey.Core.Differences;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

/// <summary>A conductor can read what differs between a registered deployable and one that it would register.</summary>
[Collection(ServerCollection.Name)]
public sealed class DifferencesTests(ServerFixture server)
{
    private readonly string _id = NewId("shop");

    private BasicClient Conductor => server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    [Fact]
    public async Task The_refusal_points_to_the_differences_and_the_body_of_the_refused_request_answers_them()
    {
        var (one, other) = (Shop("80"), Shop("81"));
        BasicClient.Read(await Put(one), Version3Json.Default.DeployableAnswer);

        var problem = BasicClient.Problem(await Put(other), 409);
        var differences = await Compare(other);

        Assert.Equal(ProblemTypes.AlreadyRegistered, problem.Type);
        Assert.Contains($"POST the deployable to /v3/deployables/{_id}/differences", problem.Detail, StringComparison.Ordinal);
        var difference = Assert.Single(differences.Differences);
        Assert.Equal(
            ("web-0", 1, "service s: parameter port", "\"80\"", "\"81\""),
            (difference.Instance, difference.Others, difference.Part, difference.Registered, difference.Given));
        Assert.Equal((0, 3, 0, false), (differences.More, differences.OtherIds, differences.NotCompared, differences.Launching));
        var same = await Compare(one);
        Assert.Equal((0, 0), (same.Differences.Count, same.OtherIds));
    }

    [Fact]
    public async Task Nothing_is_changed_by_a_comparison()
    {
        var body = Shop("80");
        BasicClient.Read(await Put(body), Version3Json.Default.DeployableAnswer);
        var before = (await Conductor.Get($"/v3/deployables/{_id}/instances")).Text;

        await Compare(Shop("81"));

        Assert.Equal(before, (await Conductor.Get($"/v3/deployables/{_id}/instances")).Text);
        BasicClient.Read(await Put(body), Version3Json.Default.DeployableAnswer);
    }

    [Fact]
    public async Task Secrets_of_parameters_and_guests_are_compared_and_not_shown()
    {
        var body = Shop("80", password: "hunter2");
        BasicClient.Read(await Put(body), Version3Json.Default.DeployableAnswer);
        var other = JsonNode.Parse(body.ToJsonString())!;
        other["instances"]![0]!["secret"] = "hunter3";
        other["instances"]![2]!["services"]![0]!["parameters"]![0]!["value"] = "hunter4";

        var answer = await Post(other);

        Assert.DoesNotContain("hunter", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(SecretOf((string)body["instances"]![0]!["id"]!), answer.Text, StringComparison.Ordinal);
        Assert.Equal(
            [
                ("web-0", "secret of the guest", "a secret", "another secret"),
                ("db", "service s: parameter password", "a secret", "another secret"),
            ],
            BasicClient.Read(answer, DifferencesJson.Default.DeployableDifferences).Differences
                .Select(one => (one.Instance, one.Part, one.Registered, one.Given)));
    }

    [Fact]
    public async Task The_files_of_a_scaled_group_and_of_an_empty_one_are_compared()
    {
        var body = Shop("80");
        body["instances"]!.AsArray().Add(Instance(NewId("idle"), "idle", null));
        body["instances"]![3]!["prototype"] = true;
        body["instances"]![3]!.AsObject().Remove("secret");
        BasicClient.Read(await Put(body), Version3Json.Default.DeployableAnswer);
        await Conductor.Scale(_id, "web", 3);
        body["instances"]![3]!["services"]![0]!["executable"]!["contents"] = "#!/bin/bash\n";
        body["instances"]![1]!["services"]![0]!["files"] = new JsonArray(new JsonObject { ["fileName"] = "f", ["contents"] = "" });

        var differences = await Compare(body);

        Assert.Equal(
            [
                (null, "group web", "3 instances", "2 instances"),
                ("web-1", "service s: file f", null, "0 bytes, SHA-256 e3b0c44298fc"),
                ("idle", "service s: executable", "10 bytes, SHA-256 a8076d3d28d2", "12 bytes, SHA-256 b875f928546a"),
            ],
            differences.Differences.Select(one => (one.Instance, one.Part, one.Registered, one.Given)));
    }

    [Fact]
    public async Task Only_the_owner_of_a_deployable_who_may_change_it_reads_the_differences()
    {
        var body = Shop("80", password: "hunter2");
        BasicClient.Read(await Put(body), Version3Json.Default.DeployableAnswer);
        var administrator = Conductor;
        var (viewer, stranger) = (NewId("viewer"), NewId("stranger"));
        var role = new JsonObject { ["role"] = "viewer", ["actsFor"] = RunningServer.ConductorKey };
        var asViewer = server.Server.Basic(viewer, await Add(viewer, role));
        var asStranger = server.Server.Basic(stranger, await Add(stranger, []));

        BasicClient.Problem(await Post(body, asViewer), 403);
        BasicClient.Problem(await Post(body, asStranger), 404);
        BasicClient.Problem(await administrator.Send(HttpMethod.Post, $"/v3/deployables/{NewId("none")}/differences", Json(body)), 404);
    }

    [Fact]
    public async Task A_body_that_could_not_be_registered_is_refused_with_its_errors()
    {
        BasicClient.Read(await Put(Shop("80")), Version3Json.Default.DeployableAnswer);
        var body = Shop("80");
        body["instances"]![0]!["services"]![0]!["name"] = "a|b";

        var problem = BasicClient.Problem(await Post(body), 400);

        Assert.Equal("/instances/0/services/0", problem.Errors!.Single().Pointer);
    }

    private async Task<string> Add(string key, JsonObject request)
    {
        var answer = await Conductor.Put($"/v3/conductors/{key}", request.ToJsonString());
        return BasicClient.Read(answer, Version3Json.Default.IssuedSecret).Secret;
    }

    private async Task<DeployableDifferences> Compare(JsonNode body) =>
        BasicClient.Read(await Post(body), DifferencesJson.Default.DeployableDifferences);

    private Task<Answer> Post(JsonNode body, BasicClient? client = null) =>
        (client ?? Conductor).Send(HttpMethod.Post, $"/v3/deployables/{_id}/differences", Json(body));

    private Task<Answer> Put(JsonNode body) => Conductor.Put($"/v3/deployables/{_id}", body.ToJsonString());

    private static StringContent Json(JsonNode body) => new(body.ToJsonString(), Encoding.UTF8, "application/json");

    private static JsonObject Shop(string port, string password = "p") => new()
    {
        ["name"] = "the shop",
        ["instances"] = new JsonArray(
            Instance(NewId("web"), "web", 0, Parameter("port", port)),
            Instance(NewId("web"), "web", 1, Parameter("port", port)),
            Instance(NewId("db"), "db", null, new JsonObject { ["name"] = "password", ["value"] = password, ["secret"] = true })),
    };

    private static JsonObject Parameter(string name, string value) => new() { ["name"] = name, ["value"] = value };

    private static JsonObject Instance(string id, string assembly, int? ordinal, params JsonObject[] parameters)
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
        if (ordinal is not null) instance["ordinal"] = ordinal;
        return instance;
    }
}
