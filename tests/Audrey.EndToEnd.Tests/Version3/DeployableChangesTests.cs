using System.Text.Json;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

/// <summary>Groups are scaled and instances are replaced over HTTP.</summary>
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
    public async Task A_group_grows_and_shrinks_and_a_repeated_request_has_the_same_answer()
    {
        await Register();
        await Web.Give(1, ("ip", "10.0.0.1"));
        Assert.True((await Lb.Configuration()).Complete);

        var grown = await Scale(3);
        Assert.Equal((0, 1, 2), (grown.Removed.Count, grown.Added[0].Ordinal, grown.Added[1].Ordinal));
        Assert.Equal(grown.Added, (await Scale(3)).Added);
        Assert.False((await Lb.Configuration()).Complete);
        for (var i = 0; i < 2; i++) await server.Server.Basic(grown.Added[i].Id, grown.Added[i].Secret).Give(1, ("ip", $"10.0.0.{i + 2}"));
        Assert.Equal(["10.0.0.1", "10.0.0.2", "10.0.0.3"], (await Peers()));

        var shrunk = await Scale(2);
        Assert.Equal([grown.Added[1].Id], shrunk.Removed);
        Assert.Equal(shrunk.Removed, (await Scale(2)).Removed);
        Assert.Equal(["10.0.0.1", "10.0.0.2"], await Peers());
        BasicClient.Problem(await server.Server.Basic(grown.Added[1].Id, grown.Added[1].Secret).GetOwn("hello"), 401);
        Assert.Empty((await Scale(1)).Added);
    }

    [Fact]
    public async Task A_repeated_scaling_returns_the_current_secret_of_a_replaced_instance()
    {
        await Register();
        var grown = await Scale(2);
        Assert.Equal(204, (await Replace(Conductor, grown.Added[0].Id, "the next secret")).Status);
        Assert.Equal("the next secret", (await Scale(2)).Added.Single().Secret);
    }

    [Fact]
    public async Task A_repeated_replacement_replaces_the_instance_once()
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
    public async Task The_problem_of_a_failed_scaling_says_why()
    {
        await Register();
        foreach (var body in new[] { "{}", """{"size":0}""", """{"size":1000000}""" })
            Assert.Equal("/size", BasicClient.Problem(await PutGroup(Conductor, "web", body), 400).Errors!.Single().Pointer);
        Assert.Equal(ProblemTypes.BadJson, BasicClient.Problem(await PutGroup(Conductor, "web", """{"size":"two"}"""), 400).Type);
        const string size = """{"size":2}""";
        Assert.Contains("no group 'lb'", BasicClient.Problem(await PutGroup(Conductor, "lb", size), 404).Detail, StringComparison.Ordinal);
        var unknown = await Conductor.Put("/v3/deployables/no-such/groups/web", size);
        Assert.Equal(ProblemTypes.NotFound, BasicClient.Problem(unknown, 404).Type);
        Assert.Equal(ProblemTypes.NotYours, BasicClient.Problem(await PutGroup(Other, "web", size), 403).Type);
        var deletion = await Conductor.Delete($"/v3/deployables/{_id}/groups/web");
        Assert.Equal(ProblemTypes.MethodNotAllowed, BasicClient.Problem(deletion, 405).Type);
    }

    [Fact]
    public async Task The_problem_of_a_failed_replacement_says_why()
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

    private async Task<GroupAnswer> Scale(int size) =>
        BasicClient.Read(await PutGroup(Conductor, "web", $$"""{"size":{{size}}}"""), Version3Json.Default.GroupAnswer);

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
