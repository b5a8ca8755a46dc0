using System.Text.Json;
using Audrey.Core.Statuses;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

/// <summary>Tests scaling groups and replacing instances over HTTP.</summary>
[Collection(ServerCollection.Name)]
public sealed class DeployableChangesTests(ServerFixture server)
{
    private readonly string _id = NewId("shop");
    private readonly string _web = NewId("web");
    private readonly string _lb = NewId("lb");

    private BasicClient Conductor => server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    private BasicClient Other => server.Server.Basic(RunningServer.OtherConductorKey, RunningServer.OtherConductorSecret);

    private BasicClient Web => server.Server.Basic(_web, SecretOf(_web));

    private BasicClient Lb => server.Server.Basic(_lb, SecretOf(_lb));

    [Fact]
    public async Task A_group_can_be_scaled_up_and_down_and_a_repeated_request_has_the_same_result()
    {
        await Register();
        await Web.Give(1, ("ip", "10.0.0.1"));
        Assert.True((await Lb.Configuration()).Complete);

        Assert.Equal(new GroupState { Group = "web", Size = 3, State = "finished", Added = 2, Removed = 0 }, await Scale(3));
        var added = await Conductor.Added(_id, "web");
        Assert.Equal([1, 2], added.Select(one => one.Ordinal));
        await Scale(3);
        Assert.Equal(added, await Conductor.Added(_id, "web"));
        Assert.False((await Lb.Configuration()).Complete);
        for (var i = 0; i < 2; i++) await server.Server.Basic(added[i].Id, added[i].Secret).Give(1, ("ip", $"10.0.0.{i + 2}"));
        Assert.Equal(["10.0.0.1", "10.0.0.2", "10.0.0.3"], (await Peers()));

        for (var i = 0; i < 2; i++)
        {
            Assert.Equal((0, 1), await Scale(2) is var shrunk ? (shrunk.Added, shrunk.Removed) : default);
            Assert.Equal([added[1].Id], await Conductor.Removed(_id, "web"));
        }

        Assert.Equal(["10.0.0.1", "10.0.0.2"], await Peers());
        BasicClient.Problem(await server.Server.Basic(added[1].Id, added[1].Secret).GetOwn("hello"), 401);
        await Scale(1);
        Assert.Empty(await Conductor.Added(_id, "web"));
    }

    [Fact]
    public async Task Every_answer_about_a_removal_by_name_has_a_size()
    {
        await Register();
        await Scale(3);
        var empty = await PutGroup(Conductor, "web", """{"remove":["web-1",null,""]}""");
        Assert.Equal(["/remove/1", "/remove/2"], BasicClient.Problem(empty, 400).Errors!.Select(error => error.Pointer));

        var begun = await PutGroup(Conductor, "web", """{"remove":["web-1"]}""");

        Assert.Equal(202, begun.Status);
        Assert.InRange(JsonSerializer.Deserialize(begun.Body, Version3Json.Default.GroupState)!.Size, 2, 3);
        Assert.Equal(
            new GroupState { Group = "web", Size = 2, State = "finished", Added = 0, Removed = 1 },
            await Conductor.Scaled(_id, "web"));
    }

    [Fact]
    public async Task The_added_and_removed_instances_can_be_read_in_pages()
    {
        await Register();
        await Scale(300);
        var path = $"/v3/deployables/{_id}/groups/web";
        var first = BasicClient.Read(await Conductor.Get($"{path}/added"), Version3Json.Default.AddedPage);
        Assert.Equal((128, first.Added[^1].Id), (first.Added.Count, first.Next));
        var added = await Conductor.Added(_id, "web");
        Assert.Equal(Enumerable.Range(1, 299), added.Select(one => one.Ordinal));
        Assert.Equal(299, added.DistinctBy(one => one.Secret).Count());

        await Scale(1);
        Assert.Equal(added.Select(one => one.Id), await Conductor.Removed(_id, "web"));
        foreach (var after in new[] { added[0].Id, "no-such", "a/b" })
            BasicClient.Problem(await Conductor.Get($"{path}/added?after={Uri.EscapeDataString(after)}"), 404);
    }

    [Fact]
    public async Task The_list_of_added_instances_contains_their_current_secrets()
    {
        await Register();
        await Scale(2);
        var added = await Conductor.Added(_id, "web");
        Assert.Equal(204, (await Replace(Conductor, added[0].Id, "the next secret")).Status);
        Assert.Equal("the next secret", (await Conductor.Added(_id, "web")).Single().Secret);
        await Scale(2);
        Assert.Equal("the next secret", (await Conductor.Added(_id, "web")).Single().Secret);
    }

    [Fact]
    public async Task Only_operators_can_read_the_added_instances_and_other_conductors_can_read_nothing()
    {
        await Register();
        await Scale(2);
        var key = NewId("viewer");
        var role = $$"""{ "role": "viewer", "actsFor": "{{RunningServer.ConductorKey}}" }""";
        var issued = BasicClient.Read(await Conductor.Put($"/v3/conductors/{key}", role), Version3Json.Default.IssuedSecret);
        var viewer = server.Server.Basic(key, issued.Secret);
        var path = $"/v3/deployables/{_id}/groups/web";
        Assert.Equal(200, (await viewer.Get(path)).Status);
        Assert.Equal(200, (await viewer.Get($"{path}/removed")).Status);
        var refusal = await viewer.Get($"{path}/added");
        Assert.Equal(ProblemTypes.RoleRequired, BasicClient.Problem(refusal, 403).Type);
        Assert.DoesNotContain((await Conductor.Added(_id, "web"))[0].Secret, refusal.Text, StringComparison.Ordinal);
        foreach (var resource in new[] { path, $"{path}/added", $"{path}/removed" }) BasicClient.Problem(await Other.Get(resource), 404);
    }

    [Fact]
    public async Task If_the_server_creates_the_secret_a_repeated_command_returns_the_same_secret()
    {
        await Register();
        await Web.Give(1, ("ip", "10.0.0.1"));
        var path = $"/v3/deployables/{_id}/instances/{_web}/replacement";
        var first = BasicClient.Read(await Conductor.Post(path, "a command"), Version3Json.Default.ReplacedInstance);
        Assert.Equal(first, BasicClient.Read(await Conductor.Post(path, "a command"), Version3Json.Default.ReplacedInstance));
        BasicClient.Problem(await Web.GetOwn("hello"), 401);
        Assert.Equal(2, (await server.Server.Basic(_web, first.Secret).Hello()).Generation);
        Assert.False((await Lb.Configuration()).Complete);

        var other = BasicClient.Read(await Conductor.Post(path, "another command"), Version3Json.Default.ReplacedInstance);
        var third = BasicClient.Read(await Conductor.Post(path), Version3Json.Default.ReplacedInstance);
        Assert.Equal(3, new[] { first.Secret, other.Secret, third.Secret }.Distinct().Count());
        Assert.Equal(4, (await server.Server.Basic(_web, third.Secret).Hello()).Generation);
        foreach (var (conductor, uuid) in new[] { (Other, _web), (Conductor, "no-such"), (Conductor, "a b") })
            BasicClient.Problem(await conductor.Post($"/v3/deployables/{_id}/instances/{Uri.EscapeDataString(uuid)}/replacement"), 404);
    }

    [Fact]
    public async Task A_replacement_with_a_secret_of_the_server_can_have_a_deadline()
    {
        await Register();
        var path = $"/v3/deployables/{_id}/instances/{_web}/replacement";
        BasicClient.Read(await PostJson("""{"deadlineSeconds":600}"""), Version3Json.Default.ReplacedInstance);
        Assert.NotNull(await DeadlineOf());
        BasicClient.Read(await PostJson("{}"), Version3Json.Default.ReplacedInstance);
        Assert.Null(await DeadlineOf());
        var refused = BasicClient.Problem(await PostJson("""{"deadlineSeconds":0}"""), 400);
        Assert.Equal("/deadlineSeconds", refused.Errors!.Single().Pointer);

        Task<Answer> PostJson(string json) =>
            Conductor.Send(HttpMethod.Post, path, new StringContent(json, System.Text.Encoding.UTF8, "application/json"));

        async Task<DateTimeOffset?> DeadlineOf() =>
            BasicClient.Read(await Conductor.Get($"/v3/instances/{_web}/report"), StatusJson.Default.InstanceStatus).Deadline;
    }

    [Fact]
    public async Task A_repeated_replacement_replaces_the_instance_only_once()
    {
        await Register();
        await Web.Give(1, ("ip", "10.0.0.1"));
        Assert.Equal(204, (await Replace(Conductor, _web, SecretOf(_web))).Status);
        Assert.True((await Lb.Configuration()).Complete);

        for (var i = 0; i < 2; i++) Assert.Equal(204, (await Replace(Conductor, _web, "another secret")).Status);
        BasicClient.Problem(await Web.GetOwn("hello"), 401);
        Assert.Equal(2, (await server.Server.Basic(_web, "another secret").Hello()).Generation);
        Assert.False((await Lb.Configuration()).Complete);
    }

    [Fact]
    public async Task The_problem_for_a_failed_scaling_contains_the_reason()
    {
        await Register();
        foreach (var body in new[] { "{}", """{"size":-1}""", """{"size":1000000}""" })
            Assert.Equal("/size", BasicClient.Problem(await PutGroup(Conductor, "web", body), 400).Errors!.Single().Pointer);
        Assert.Equal(ProblemTypes.BadJson, BasicClient.Problem(await PutGroup(Conductor, "web", """{"size":"two"}"""), 400).Type);
        const string size = """{"size":2}""";
        var refused = await Conductor.Scale(_id, "lb", 2);
        Assert.Equal((GroupStates.Refused, $"deployable {_id} has no group 'lb'"), (refused.State, refused.Detail));
        BasicClient.Problem(await Conductor.Get($"/v3/deployables/{_id}/groups/lb/added"), 404);
        BasicClient.Problem(await Conductor.Get($"/v3/deployables/{_id}/groups/web"), 404);
        var unknown = await Conductor.Put("/v3/deployables/no-such/groups/web", size);
        Assert.Equal(ProblemTypes.NotFound, BasicClient.Problem(unknown, 404).Type);
        Assert.Equal(ProblemTypes.NotYours, BasicClient.Problem(await PutGroup(Other, "web", size), 403).Type);
        var deletion = await Conductor.Delete($"/v3/deployables/{_id}/groups/web");
        Assert.Equal(ProblemTypes.MethodNotAllowed, BasicClient.Problem(deletion, 405).Type);
    }

    [Fact]
    public async Task The_problem_for_a_failed_replacement_contains_the_reason()
    {
        await Register();
        var elsewhere = NewId("elsewhere");
        await server.Register(elsewhere, "", NewId("deployable"));
        var missing = await Conductor.Put($"/v3/deployables/{_id}/instances/{_web}", "{}");
        Assert.Equal("/secret", BasicClient.Problem(missing, 400).Errors!.Single().Pointer);
        var tooLong = await Replace(Conductor, _web, new string('x', 200_000));
        Assert.Equal("/secret", BasicClient.Problem(tooLong, 400).Errors!.Single().Pointer);
        foreach (var (conductor, uuid) in new[] { (Conductor, "no-such"), (Conductor, elsewhere), (Other, _web) })
            Assert.Equal(ProblemTypes.NotFound, BasicClient.Problem(await Replace(conductor, uuid, "s"), 404).Type);
    }

    private Task<GroupState> Scale(int size) => Conductor.Scale(_id, "web", size);

    private Task<Answer> PutGroup(BasicClient conductor, string group, string body) =>
        conductor.Put($"/v3/deployables/{_id}/groups/{group}", body);

    private Task<Answer> Replace(BasicClient conductor, string uuid, string secret) => conductor.Put(
        $"/v3/deployables/{_id}/instances/{uuid}",
        JsonSerializer.Serialize(new ReplaceRequest { Secret = secret }, Version3Json.Default.ReplaceRequest));

    private async Task<string[]> Peers() =>
        [.. (await Lb.Configuration()).Services.Single().Parameters.Single().Value!.AsArray().Select(value => (string)value!)];

    private async Task Register()
    {
        var body = new DeployableRequest
        {
            Name = "the shop",
            Instances =
            [
                new() { Id = _web, Assembly = "web", Ordinal = 0, Secret = SecretOf(_web), Provide = [new() { Name = "ip" }] },
                new()
                {
                    Id = _lb,
                    Assembly = "lb",
                    Secret = SecretOf(_lb),
                    Services =
                    [
                        new()
                        {
                            Name = "proxy",
                            Executable = new() { Contents = "#!/bin/sh\n" },
                            Parameters = [new() { Name = "peers", Type = "list", From = new() { Group = "web", Parameter = "ip" } }],
                        },
                    ],
                },
            ],
        };
        var answer = await Conductor.Put($"/v3/deployables/{_id}", JsonSerializer.Serialize(body, Version3Json.Default.DeployableRequest));
        Assert.True(answer.Status == 200, answer.Text);
    }
}
