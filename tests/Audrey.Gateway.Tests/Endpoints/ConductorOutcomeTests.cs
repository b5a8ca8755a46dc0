using System.Text;
using System.Text.Json;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Instances;
using Audrey.Abstractions.Launching;
using Audrey.Core.Completion;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Audrey.Gateway.Tests.Support;
using Audrey.Protocol.Version3;
using Audrey.Testing;
using Orleans;

namespace Audrey.Gateway.Tests.Endpoints;

/// <summary>Answers that a real cluster returns only while another operation is in progress.</summary>
public sealed class ConductorOutcomeTests
{
    private const string Body = """{"name":"shop","instances":[{"id":"web","assembly":"web","secret":"s"}]}""";

    private readonly List<string> _calls = [];

    [Theory]
    [InlineData(ConductorOutcome.LaunchUnfinished, 409, ProblemTypes.BeingRegistered, true)]
    [InlineData(ConductorOutcome.BeingDeleted, 409, ProblemTypes.BeingDeleted, true)]
    [InlineData(ConductorOutcome.NotFound, 404, ProblemTypes.NotFound, false)]
    [InlineData(ConductorOutcome.NotYours, 403, ProblemTypes.NotYours, false)]
    [InlineData(ConductorOutcome.CountRefused, 400, ProblemTypes.BadRequest, false)]
    [InlineData(ConductorOutcome.ScalingUnfinished, 409, ProblemTypes.BeingScaled, true)]
    public async Task The_problem_for_a_refused_scaling_says_whether_to_retry(ConductorOutcome outcome, int status, string type, bool again)
    {
        await using var gateway = await Start(new() { Scale = ConductorAnswer.Refuse(outcome, "the reason") });
        var (problem, retryAfter) = await Put(gateway, "/v3/deployables/shop/groups/web", """{"size":2}""");
        Assert.Equal((status, type, again), (problem.Status, problem.Type, retryAfter));
        Assert.Equal("the reason", problem.Errors?.Single().Detail ?? problem.Detail);
    }

    [Theory]
    [InlineData(ConductorOutcome.BeingDeleted, 409, ProblemTypes.BeingDeleted, true)]
    [InlineData(ConductorOutcome.NotYours, 403, ProblemTypes.NotYours, false)]
    [InlineData(ConductorOutcome.LaunchDiffers, 409, ProblemTypes.AlreadyRegistered, false)]
    [InlineData(ConductorOutcome.NonceRefused, 409, ProblemTypes.OutOfOrder, true)]
    public async Task The_problem_for_a_refused_registration_contains_the_reason(
        ConductorOutcome outcome, int status, string type, bool again)
    {
        await using var gateway = await Start(new() { Begin = new(outcome) });
        var (problem, retryAfter) = await Put(gateway, "/v3/deployables/shop", Body);
        Assert.Equal((status, type, again), (problem.Status, problem.Type, retryAfter));
        Assert.Equal(["BeginLaunch"], _calls);
    }

    [Fact]
    public async Task A_scaling_that_arrives_after_commands_with_later_timestamps_is_answered_with_a_problem()
    {
        await using var gateway = await Start(new() { Scale = ConductorAnswer.Refuse(ConductorOutcome.NonceRefused, "the reason") });
        var (problem, again) = await Put(gateway, "/v3/deployables/shop/groups/web", """{"size":2}""");
        Assert.Equal((409, ProblemTypes.OutOfOrder, true), (problem.Status, problem.Type, again));
    }

    [Fact]
    public async Task If_a_deployable_is_deleted_during_its_registration_the_answer_is_a_problem()
    {
        await using var gateway = await Start(new() { Chunk = new(ConductorOutcome.LaunchEnded, []) });
        var (problem, again) = await Put(gateway, "/v3/deployables/shop", Body);
        Assert.Equal((ProblemTypes.BeingDeleted, true), (problem.Type, again));
        Assert.Equal(["BeginLaunch", "Launch"], _calls);
    }

    [Fact]
    public async Task Instances_that_were_registered_before_a_refusal_are_removed()
    {
        await using var gateway = await Start(
            new() { Chunk = new(ConductorOutcome.Done, [ConductorAnswer.Refuse(ConductorOutcome.SourcesRefused, "no such file")]) });
        var (problem, _) = await Put(gateway, "/v3/deployables/shop", Body);
        Assert.Equal(new ProblemError("/instances/0", "no such file"), problem.Errors!.Single());
        Assert.Equal(["BeginLaunch", "Launch", "AbandonLaunch"], _calls);
    }

    [Fact]
    public async Task A_repeated_registration_continues_the_interrupted_one()
    {
        await using var gateway = await Start(new() { Begin = new(ConductorOutcome.Done, 1, Resumed: true) });
        using var answer = await Send(gateway, "/v3/deployables/shop", Body);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal(["BeginLaunch", "Launch of those that may be there", "SealLaunch"], _calls);
    }

    [Fact]
    public async Task An_instance_of_a_deployable_that_is_being_deleted_is_not_replaced()
    {
        await using var gateway = await Start(new() { Deleting = true });
        var (problem, again) = await Put(gateway, "/v3/deployables/shop/instances/web", """{"secret":"new"}""");
        Assert.Equal((ProblemTypes.BeingDeleted, true), (problem.Type, again));
        Assert.DoesNotContain("Replace", _calls);
    }

    private Task<RunningGateway> Start(Script script) =>
        RunningGateway.Start(GrainDouble.Create<IGrainFactory>((_, arguments) => arguments[0] switch
    {
        string key when key.StartsWith('y') => GrainDouble.Create<IDeployableGrain>((call, _) => call switch
        {
            nameof(IDeployableGrain.GetHeader) => Task.FromResult<DeployableHeader?>(HeaderOf(script)),
            nameof(IDeployableGrain.BeginLaunch) => Record(call, script.Begin),
            nameof(IDeployableGrain.BeginScale) => Record(call, script.Scale),
            _ => Record(call, ConductorAnswer.Done),
        }),
        string key when AuditDouble.HasKey(key) => AuditDouble.Create(),
        string => GrainDouble.Create<IInstanceGrain>((call, _) => call switch
        {
            nameof(IInstanceGrain.GetReport) => new ValueTask<InstanceReport?>(Report),
            _ => Record(call, ConductorAnswer.Done),
        }),
        _ => GrainDouble.Create<IRegistrarGrain>((call, given) =>
            Record(call + (((LaunchChunk)given[0]!).MayBeThere ? " of those that may be there" : ""), script.Chunk)),
    }));

    private Task<T> Record<T>(string call, T answer)
    {
        _calls.Add(call);
        return Task.FromResult(answer);
    }

    private static async Task<(Problem Problem, bool HasRetryAfter)> Put(RunningGateway gateway, string path, string body)
    {
        using var answer = await Send(gateway, path, body);
        var problem = JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(), Version3Json.Default.Problem)!;
        Assert.Equal(problem.Status, (int)answer.StatusCode);
        return (problem, answer.Headers.RetryAfter is not null);
    }

    private static async Task<HttpResponseMessage> Send(RunningGateway gateway, string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put,
            path)
        { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = RunningGateway.Basic(RunningGateway.ConductorKey, RunningGateway.ConductorSecret);
        return await gateway.Http.SendAsync(request);
    }

    private static InstanceReport Report => new()
    {
        Id = InstanceId.Parse("web"),
        Name = "web",
        Deployable = DeployableId.Parse("shop"),
        Conductor = ConductorKey.Parse(RunningGateway.ConductorKey),
        Status = CompletionStatus.Incomplete,
        Registered = DateTimeOffset.UnixEpoch,
    };

    private static DeployableHeader HeaderOf(Script script) => new()
    {
        Id = DeployableId.Parse("shop"),
        Name = "shop",
        Conductor = ConductorKey.Parse(RunningGateway.ConductorKey),
        Registered = DateTimeOffset.UnixEpoch,
        Pages = 1,
        Deleting = script.Deleting,
    };

    /// <summary>The scripted answers of the cluster.</summary>
    private sealed record Script
    {
        public LaunchAnswer Begin { get; init; } = new(ConductorOutcome.Done, 1);

        public LaunchChunkAnswer Chunk { get; init; } = new(ConductorOutcome.Done, [ConductorAnswer.Done]);

        public ConductorAnswer Scale { get; init; } = ConductorAnswer.Done;

        public bool Deleting { get; init; }
    }
}
