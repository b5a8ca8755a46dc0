using System.Text;
using System.Text.Json;
using Audrey.Client;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;
using static Audrey.EndToEnd.Tests.Support.Operations;

namespace Audrey.EndToEnd.Tests.Version3;

/// <summary>The quotas in the settings, over each way to the server. The other conductor has quotas of its own.</summary>
public sealed class QuotaTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    private BasicClient Conductor => _server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    private BasicClient Other => _server.Basic(RunningServer.OtherConductorKey, RunningServer.OtherConductorSecret);

    public async Task InitializeAsync() => _server = await RunningServer.Start(
        "--Audrey:Quotas:MaxDeployables=2", "--Audrey:Quotas:MaxInstances=4", "--Audrey:Gateway:MaxEventStreams=1",
        "--Audrey:Conductors:1:MaxInstances=1", "--Audrey:Conductors:1:MaxStreams=0");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Each_way_to_register_is_refused_with_the_numbers()
    {
        Assert.Equal(200, (await RegisterSigned("first", "a")).Status);
        Assert.Equal(200, (await Register(Conductor, "second", "b", "c")).Status);
        AssertExceeded(await Register(Conductor, "third", "d"), "deployables", 2, 2);
        AssertExceeded(await Register(Conductor, "third", "d", "e"), "deployables", 2, 2);
        var launch = await Conductor.Put($"/v3/deployables/third/launches/{NewDigest()}", """{"name":"x","instances":1}""");
        AssertExceeded(launch, "deployables", 2, 2);
        var one = await Conductor.Put(
            "/v3/deployables/third/instances/d/definition", """{"name":"x","instance":{"assembly":"web","secret":"s"}}""");
        AssertExceeded(one, "deployables", 2, 2);

        var signed = await RegisterSigned("third", "d");
        Assert.Equal(409, signed.Status);
        Assert.Contains("is 2 deployables: it has 2", signed.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await RegisterSigned("first", "f")).Status);
        Assert.Contains("is 4 instances: it has 4", (await RegisterSigned("first", "g")).Text, StringComparison.Ordinal);

        // Deleted instances no longer count.
        await Conductor.DeleteToTheEnd("second");
        Assert.Equal(200, (await Register(Conductor, "third", "d", "e")).Status);
        AssertExceeded(await Register(Other, "other", "x", "y"), "instances", 1, 0);
        Assert.Equal(200, (await Register(Other, "other", "x")).Status);
        var audit = (await Conductor.Get("/v3/audit")).Text;
        Assert.Contains("quota-exceeded", audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scaling_beyond_the_quota_is_refused_with_the_numbers()
    {
        var body = new DeployableRequest
        {
            Name = "x",
            Instances =
            [
                new() { Id = "w0", Assembly = "web", Secret = "s", Ordinal = 0 },
                new() { Id = "w1", Assembly = "web", Secret = "s", Ordinal = 1 },
            ],
        };
        Assert.Equal(200, (await Conductor.Put("/v3/deployables/shop", body, Version3Json.Default.DeployableRequest)).Status);
        var refused = await Conductor.Scale("shop", "web", 5);
        Assert.Equal((GroupStates.Refused, "instances", 4L, 2L), (refused.State, refused.Quota, refused.Limit, refused.Present));
        Assert.Equal(GroupStates.Finished, (await Conductor.Scale("shop", "web", 4)).State);

        await using var client = await Connect();
        var error = await Assert.ThrowsAsync<QuotaExceededException>(() => client.ScaleAsync(DeployableId.Parse("shop"), "web", 6));
        Assert.Equal((QuotaKind.Instances, 4L, 4L), (error.Quota, error.Limit, error.Present));
    }

    [Fact]
    public async Task The_client_library_throws_a_typed_exception_for_each_quota()
    {
        await using var client = await Connect();
        await client.RegisterDeployableAsync([Instance("one", "a"), Instance("one", "b")]);
        await client.RegisterInstanceAsync(Instance("two", "c"));
        foreach (var operation in new Func<Task>[]
                 {
                     () => client.RegisterInstanceAsync(Instance("three", "d")),
                     () => client.RegisterDeployableAsync([Instance("three", "d")]),
                 })
        {
            var error = await Assert.ThrowsAsync<QuotaExceededException>(operation);
            Assert.Equal((QuotaKind.Deployables, 2L, 2L), (error.Quota, error.Limit, error.Present));
            Assert.StartsWith("Nothing was changed: the quota of conductor", error.Message, StringComparison.Ordinal);
        }

        await client.RegisterInstanceAsync(Instance("two", "e"));
        var full = await Assert.ThrowsAsync<QuotaExceededException>(() => client.RegisterInstanceAsync(Instance("two", "f")));
        Assert.Equal((QuotaKind.Instances, 4L, 4L), (full.Quota, full.Limit, full.Present));
    }

    [Fact]
    public async Task Streams_are_counted_over_http_and_over_the_port_for_clients()
    {
        Assert.Equal(200, (await Register(Conductor, "shop", "a")).Status);
        using var request = Events(RunningServer.ConductorKey, RunningServer.ConductorSecret, "shop");
        using (var stream = await _server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(200, (int)stream.StatusCode);
            using var another = Events(RunningServer.ConductorKey, RunningServer.ConductorSecret, "shop");
            AssertExceeded(await Answer.Receive(_server.Http, another), "streams", 1, 1);
            await using var client = await Connect();
            var known = (await client.GetEventsAsync(DeployableId.Parse("shop"))).Last;
            var error = await Assert.ThrowsAsync<QuotaExceededException>(
                () => client.ReadEventsAsync(DeployableId.Parse("shop"), known).FirstAsync().AsTask());
            Assert.Equal((QuotaKind.Streams, 1L, 1L), (error.Quota, error.Limit, error.Present));
        }

        Assert.Equal(200, (await Register(Other, "other", "x")).Status);
        using var others = Events(RunningServer.OtherConductorKey, RunningServer.OtherConductorSecret, "other");
        AssertExceeded(await Answer.Receive(_server.Http, others), "streams", 0, 0);
    }

    private static void AssertExceeded(Answer answer, string quota, long limit, long present)
    {
        var problem = BasicClient.Problem(answer, 409);
        Assert.Equal((ProblemTypes.QuotaExceeded, quota, limit, present), (problem.Type, problem.Quota, problem.Limit, problem.Present));
    }

    private static HttpRequestMessage Events(string key, string secret, string deployable)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/v3/deployables/{deployable}/events", UriKind.Relative));
        request.Headers.Accept.Add(new("text/event-stream"));
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{key}:{secret}")));
        return request;
    }

    private static Task<Answer> Register(BasicClient conductor, string id, params string[] instances) => conductor.Put(
        $"/v3/deployables/{id}",
        JsonSerializer.Serialize(
            new DeployableRequest
            {
                Name = "x",
                Instances = [.. instances.Select(name => new InstanceRequest { Id = name, Assembly = "web", Secret = "s" })],
            },
            Version3Json.Default.DeployableRequest));

    private Task<Answer> RegisterSigned(string deployable, string id) =>
        _server.Conductor.Post($"/configs/2/{id}", Document(id, "", deployable));

    private Task<AudreyClient> Connect() => _server.Connect(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    private static InstanceConfig Instance(string deployable, string id) => new()
    {
        Id = InstanceId.Parse(id),
        Name = "web",
        Secret = "s",
        Deployable = DeployableId.Parse(deployable),
        DeployableName = "x",
    };
}
