using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Support.Operations;

namespace Audrey.EndToEnd.Tests.Version3;

/// <summary>A launch in pieces is checked as a registration in one request is, with the same messages.</summary>
public sealed class LaunchCheckTests : IAsyncLifetime
{
    private readonly string _path = $"/v3/deployables/pieces/launches/{NewDigest()}";

    private RunningServer _server = null!;

    private BasicClient Conductor => _server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    public async Task InitializeAsync() => _server = await RunningServer.Start("--Audrey:Limits:MaxGroupReferences=8");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Instances_that_do_not_fit_together_are_refused_at_the_seal_as_in_one_request()
    {
        InstanceRequest[] instances =
        [
            Instance("db") with { Provide = [new() { Name = "port" }] },
            Instance("web") with { Services = [Service("s", From(new() { Instance = "db", Parameter = "prt" }))] },
            Instance("a") with { Services = [Service("s", After("b"))] },
            Instance("b") with { Services = [Service("s", After("a"))] },
        ];
        var body = new DeployableRequest { Name = "x", Instances = instances };
        var whole = BasicClient.Problem(
            await Conductor.Put("/v3/deployables/whole", body, Version3Json.Default.DeployableRequest), 400);

        await Begin(instances.Length);
        foreach (var instance in instances) Assert.Equal((1, 0), await Send(LineOf(instance)));
        for (var i = 0; i < 2; i++)
        {
            var refused = BasicClient.Problem(await Conductor.Post($"{_path}/seal"), 400);
            Assert.Equal(ProblemTypes.BadRequest, refused.Type);
            Assert.Equal(
                whole.Errors!.Select(error => error.Detail).Order(StringComparer.Ordinal),
                refused.Errors!.Select(error => error.Detail).Order(StringComparer.Ordinal));
        }

        Assert.Contains(whole.Errors!, error => error.Detail.EndsWith("did you mean 'port'?", StringComparison.Ordinal));
        Assert.Equal(202, (await Conductor.Delete(_path)).Status);
        await Conductor.AwaitDeletion("pieces");
    }

    [Fact]
    public async Task A_piece_with_too_many_references_to_groups_is_refused()
    {
        string[] members = ["w0", "w1", "w2"];
        await Begin(3);
        for (var i = 0; i < 2; i++) Assert.Equal((1, 0), await Send(LineOf(Member(i))));

        // The same piece again counts once.
        Assert.Equal((1, 0), await Send(LineOf(Member(1))));
        var answer = await Conductor.PostLines($"{_path}/instances", LineOf(Member(2)));
        var refusal = Assert.Single(BasicClient.Read(answer, Version3Json.Default.LaunchedInstances).Refusals);
        Assert.Equal(ProblemTypes.BadRequest, refusal.Type);
        Assert.StartsWith("the instances have 9 references to groups", refusal.Errors.Single().Detail, StringComparison.Ordinal);
        Assert.Contains("at most 8 are allowed", refusal.Errors.Single().Detail, StringComparison.Ordinal);
        Assert.Equal(ProblemTypes.InstancesMissing, BasicClient.Problem(await Conductor.Post($"{_path}/seal"), 409).Type);

        InstanceRequest Member(int i) => Instance($"w{i}") with
        {
            Assembly = "web",
            Ordinal = i,
            Provide = [new() { Name = "ip" }],
            Services = [Service("s", From(new() { Group = "web", Instances = members, Parameter = "ip" }) with { Type = "list" })],
        };
    }

    private static InstanceRequest Instance(string id) => new() { Id = id, Assembly = id, Secret = "s" };

    private static ServiceConfigRequest Service(string name, ParameterRequest parameter) =>
        new() { Name = name, Executable = new() { FileName = "start", Contents = "#!/bin/sh\n" }, Parameters = [parameter] };

    private static ParameterRequest From(SourceOfValue source) => new() { Name = "p", From = source };

    private static ParameterRequest After(string instance) => From(new() { Instance = instance, Service = "s" });

    private async Task Begin(int instances) =>
        Assert.Equal(200, (await Conductor.Put(_path, $$"""{"name":"x","instances":{{instances}}}""")).Status);

    private async Task<(int Registered, int Refused)> Send(params string[] lines)
    {
        var launched = BasicClient.Read(await Conductor.PostLines($"{_path}/instances", lines), Version3Json.Default.LaunchedInstances);
        return (launched.Registered, launched.Refused);
    }
}
