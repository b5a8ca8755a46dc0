using System.Text;
using Audrey.Core.Statuses;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;
using static Audrey.EndToEnd.Tests.Support.Operations;

namespace Audrey.EndToEnd.Tests.Version3;

/// <summary>Tests the launch of a deployable in several requests.</summary>
[Collection(ServerCollection.Name)]
public sealed class LaunchTests(ServerFixture server)
{
    private readonly string _id = NewId("shop");
    private readonly string _digest = NewDigest();

    private BasicClient Conductor => server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    private BasicClient Other => server.Server.Basic(RunningServer.OtherConductorKey, RunningServer.OtherConductorSecret);

    private string Path => $"/v3/deployables/{_id}/launches/{_digest}";

    [Fact]
    public async Task A_deployable_is_registered_in_pieces_and_sealed()
    {
        var (db, lb, webs) = (Instance("db", "port"), Instance("lb"), Group(3));
        Assert.Equal((false, false), await Begin(5));
        Assert.Equal((1, 0), await Send(LineOf(db)));
        var summary = await Summary();
        Assert.Equal((5, null, _digest), (summary.Launch!.Instances, summary.Launch.Sealed, summary.Launch.Digest));

        // The balancer is sent before the group to which it refers.
        var ids = new GroupLine { Assembly = "web", Instances = [.. webs.Select(web => web.Id!)] };
        lb = lb with { Services = [Service(new() { Name = "peers", Type = "list", From = new() { Group = "web", Parameter = "ip" } })] };
        Assert.Equal((1, 0), await Send("", LineOf(ids), LineOf(lb), " \r"));
        Assert.Equal((3, 0), await Send([.. webs.Select(LineOf)]));
        await Seal();

        Assert.NotNull((await Summary()).Launch!.Sealed);
        for (var i = 0; i < 3; i++) await Guest(webs[i].Id!).Give(1, ("ip", $"10.0.0.{i}"));
        var peers = (await Guest(lb.Id!).Configuration()).Services.Single().Parameters.Single().Value!.AsArray();
        Assert.Equal(["10.0.0.0", "10.0.0.1", "10.0.0.2"], peers.Select(value => (string)value!));
    }

    [Fact]
    public async Task Every_request_can_be_repeated_and_a_repetition_changes_nothing()
    {
        var (db, web) = (Instance("db", "port"), Instance("web"));
        await Begin(2);
        Assert.Equal((true, false), await Begin(2));
        await Send(LineOf(db));
        await Guest(db.Id!).Give(1, ("port", 3306));
        for (var i = 0; i < 2; i++) Assert.Equal((3, 0), await Send(LineOf(db), LineOf(web), LineOf(web)));
        for (var i = 0; i < 2; i++) await Seal();
        Assert.Equal((true, true), await Begin(2));
        Assert.Equal((2, 0), await Send(LineOf(db), LineOf(web)));

        var status = await Conductor.StatusInPages(_id);
        Assert.Equal([1L, 1L], status.Instances.Select(instance => instance.Generation));
        Assert.Empty(status.Instances.Single(instance => instance.Id.Value == db.Id).NotYetProvided);
    }

    [Fact]
    public async Task A_launch_in_which_instances_are_missing_cannot_be_sealed()
    {
        var web = Instance("web");
        await Begin(2);
        await Send(LineOf(web));
        var problem = BasicClient.Problem(await Conductor.Post($"{Path}/seal"), 409);
        Assert.Equal(ProblemTypes.InstancesMissing, problem.Type);
        Assert.StartsWith($"1 of the 2 instances of deployable {_id} are registered", problem.Detail, StringComparison.Ordinal);

        await Send(LineOf(Instance("web")));
        await Seal();
        Assert.Equal(ProblemTypes.AlreadyRegistered, BasicClient.Problem(await Lines(LineOf(Instance("web"))), 409).Type);
    }

    [Fact]
    public async Task An_abandoned_launch_leaves_nothing_and_a_sealed_launch_cannot_be_abandoned()
    {
        var web = Instance("web");
        await Begin(1);
        await Send(LineOf(web));
        Assert.Equal(202, (await Conductor.Delete(Path)).Status);
        await Conductor.AwaitDeletion(_id);
        BasicClient.Problem(await Guest(web.Id!).GetOwn("hello"), 401);
        BasicClient.Problem(await Conductor.Delete(Path), 404);
        BasicClient.Problem(await Lines(LineOf(web)), 404);
        BasicClient.Problem(await Conductor.Post($"{Path}/seal"), 404);

        Assert.Equal((false, false), await Begin(1));
        await Send(LineOf(web));
        await Seal();
        Assert.Equal(ProblemTypes.AlreadyRegistered, BasicClient.Problem(await Conductor.Delete(Path), 409).Type);
        Assert.Equal(2, (await Summary()).Incarnation);
    }

    [Fact]
    public async Task A_different_launch_and_requests_of_another_conductor_are_refused()
    {
        await Begin(1);
        var other = $"/v3/deployables/{_id}/launches/{NewDigest()}";
        Assert.Equal(ProblemTypes.AlreadyRegistered, BasicClient.Problem(await Conductor.Put(other, Start(1)), 409).Type);
        BasicClient.Problem(await Conductor.PostLines($"{other}/instances", LineOf(Instance("web"))), 404);
        BasicClient.Problem(await Conductor.Post($"{other}/seal"), 404);
        BasicClient.Problem(await Conductor.Delete(other), 404);

        Assert.Equal(ProblemTypes.NotYours, BasicClient.Problem(await Other.Put(Path, Start(1)), 403).Type);
        BasicClient.Problem(await Other.PostLines($"{Path}/instances", LineOf(Instance("web"))), 404);
        BasicClient.Problem(await Other.Post($"{Path}/seal"), 404);
        Assert.Equal(ProblemTypes.NotYours, BasicClient.Problem(await Other.Delete(Path), 403).Type);
        Assert.Empty((await Conductor.StatusInPages(_id)).Instances);
    }

    [Theory]
    [InlineData("{}", "/name", "/instances")]
    [InlineData("""{"name":"","instances":-1}""", "/name", "/instances")]
    [InlineData("""{"name":"shop","instances":100001}""", "/instances")]
    [InlineData("""{"name":"shop","instances":1,"deadlineSeconds":-1}""", "/deadlineSeconds")]
    [InlineData("""{"name":"shop","instances":1,"deadlineSeconds":1e300}""", "/deadlineSeconds")]
    public async Task The_problem_for_a_launch_that_cannot_begin_contains_the_locations_of_the_errors(string body, params string[] pointers)
    {
        Assert.Equal(pointers, BasicClient.Problem(await Conductor.Put(Path, body), 400).Errors!.Select(error => error.Pointer));
        var problem = BasicClient.Problem(await Conductor.Put($"/v3/deployables/{_id}/launches/ABC", Start(1)), 400);
        Assert.Equal("digest", problem.Errors!.Single().Pointer);
        BasicClient.Problem(await Conductor.Get($"/v3/deployables/{_id}/summary"), 404);
    }

    [Fact]
    public async Task A_line_with_an_error_is_refused_with_its_location_and_the_other_lines_are_registered()
    {
        var (taken, good, broken) = (NewId("taken"), Instance("web"), Instance("web"));
        await server.Register(taken, "", NewId("elsewhere"));
        broken = broken with { Services = [new() { Name = "s", Executable = new() { Url = "http://127.0.0.1:1/start" } }] };
        var unknown = new ParameterRequest { Name = "p", From = new() { Group = "db", Parameter = "ip" } };
        await Begin(1);
        var answer = await Lines(
            "{",
            """{"instance":null}""",
            LineOf(good),
            """{"instance":{"id":"a/b"}}""",
            LineOf(Instance("web") with { Secret = "", Services = [Service(unknown)] }),
            LineOf(good with { Id = taken }),
            LineOf(broken),
            """{"group":{"assembly":"","instances":["a/b"]}}""",
            """{"instance":{"id":"x","secret":"\ud800","assembly":1}}""");
        var launched = BasicClient.Read(answer, Version3Json.Default.LaunchedInstances);
        Assert.Equal((1, 8), (launched.Registered, launched.Refused));
        Assert.Equal(
            [
                (1, ProblemTypes.BadJson, ""), (2, ProblemTypes.BadRequest, ""), (4, ProblemTypes.BadRequest, "/instance/id"),
                (5, ProblemTypes.BadRequest, "/instance/services/0/parameters/0/from/group"), (6, ProblemTypes.IdInUse, "/instance"),
                (7, ProblemTypes.BadRequest, "/instance"), (8, ProblemTypes.BadRequest, "/group/assembly"), (9, ProblemTypes.BadJson, ""),
            ],
            launched.Refusals.Select(refusal => (refusal.Line, refusal.Type, refusal.Errors[0].Pointer)));
        Assert.Equal("/instance/secret", launched.Refusals[3].Errors[1].Pointer);
        var ids = launched.Refusals.Where(refusal => refusal.Line is not (5 or 8 or 9)).Select(refusal => refusal.Id);
        Assert.Equal([null, null, null, taken, broken.Id], ids);
        Assert.StartsWith("is not listed", launched.Refusals[3].Errors[0].Detail, StringComparison.Ordinal);
        Assert.Equal(200, (await Guest(good.Id!).GetOwn("hello")).Status);
    }

    [Fact]
    public async Task Only_the_first_refusals_are_listed()
    {
        await Begin(1);
        var launched = BasicClient.Read(await Lines(Enumerable.Repeat("1", 300)), Version3Json.Default.LaunchedInstances);
        Assert.Equal(300, launched.Refused);
        Assert.Equal(Enumerable.Range(1, 100), launched.Refusals.Select(refusal => refusal.Line));
    }

    [Fact]
    public async Task A_body_of_a_wrong_type_or_size_is_refused_as_a_whole()
    {
        await Begin(1);
        var json = new StringContent(LineOf(Instance("web")), Encoding.UTF8, "application/json");
        var problem = BasicClient.Problem(await Conductor.Send(HttpMethod.Post, $"{Path}/instances", json), 415);
        Assert.Contains("application/x-ndjson", problem.Detail, StringComparison.Ordinal);
        var lines = await Lines(Enumerable.Repeat("", 4097).Prepend(LineOf(Instance("web"))));
        Assert.Contains("at most 4096", BasicClient.Problem(lines, 413).Detail, StringComparison.Ordinal);
        BasicClient.Problem(await Lines(LineOf(Instance("web")), new string(' ', 20_000)), 413);
        Assert.Empty((await Conductor.StatusInPages(_id)).Instances);
    }

    [Fact]
    public async Task A_viewer_can_see_a_launch_but_cannot_change_it()
    {
        var key = NewId("viewer");
        var role = $$"""{ "role": "viewer", "actsFor": "{{RunningServer.ConductorKey}}" }""";
        var issued = BasicClient.Read(await Conductor.Put($"/v3/conductors/{key}", role), Version3Json.Default.IssuedSecret);
        var viewer = server.Server.Basic(key, issued.Secret);
        await Begin(1);
        Assert.Equal(200, (await viewer.Get($"/v3/deployables/{_id}/summary")).Status);
        var refused = new[]
        {
            await viewer.Put(Path, Start(1)), await viewer.PostLines($"{Path}/instances", ""), await viewer.Post($"{Path}/seal"),
            await viewer.Delete(Path),
        };
        Assert.All(refused, answer => Assert.Equal(ProblemTypes.RoleRequired, BasicClient.Problem(answer, 403).Type));
    }

    private static string Start(int instances) => $$"""{"name":"the shop","instances":{{instances}}}""";

    private static InstanceRequest Instance(string assembly, params string[] provides)
    {
        var id = NewId(assembly);
        var provide = provides.Select(name => new ProvideRequest { Name = name });
        return new() { Id = id, Assembly = assembly, Secret = SecretOf(id), Provide = [.. provide] };
    }

    private static InstanceRequest[] Group(int size) =>
        [.. Enumerable.Range(0, size).Select(i => Instance("web", "ip") with { Ordinal = i })];

    private static ServiceConfigRequest Service(ParameterRequest parameter) =>
        new() { Name = "http", Executable = new() { FileName = "start", Contents = "#!/bin/sh\n" }, Parameters = [parameter] };

    private BasicClient Guest(string id) => server.Server.Basic(id, SecretOf(id));

    private async Task<(bool Resumed, bool Sealed)> Begin(int instances)
    {
        var state = BasicClient.Read(await Conductor.Put(Path, Start(instances)), Version3Json.Default.LaunchState);
        Assert.Equal(_digest, state.Digest);
        return (state.Resumed, state.Sealed);
    }

    private async Task<(int Registered, int Refused)> Send(params string[] lines)
    {
        var launched = BasicClient.Read(await Lines(lines), Version3Json.Default.LaunchedInstances);
        return (launched.Registered, launched.Refused);
    }

    private Task<Answer> Lines(params IEnumerable<string> lines) => Conductor.PostLines($"{Path}/instances", lines);

    private async Task Seal() =>
        Assert.True(BasicClient.Read(await Conductor.Post($"{Path}/seal"), Version3Json.Default.LaunchState).Sealed);

    private async Task<DeployableSummary> Summary() =>
        BasicClient.Read(await Conductor.Get($"/v3/deployables/{_id}/summary"), StatusJson.Default.DeployableSummary);
}
