using System.Buffers;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Launching;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Statuses;
using Audrey.Gateway.Auditing;
using Audrey.Gateway.Documents;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>
/// Launches a deployable of any size in several requests: one begins the launch, others register some instances each, and one seals it. A
/// digest identifies the launch in all of them.
/// </summary>
internal sealed class LaunchEndpoints(IGrainFactory grains, GrainCalls calls, IOptions<DocumentLimits> limits, TimeProvider time)
    : ConductorEndpoints
{
    private const int MaxConcurrentChunks = 4;
    private const int DigestLength = 64;

    private static readonly SearchValues<char> DigestCharacters = SearchValues.Create("0123456789abcdef");

    private static readonly Problem NoLaunch = ProblemFactory.NotFound("This conductor has no such launch. Begin it first.");

    private readonly DocumentLimits _limits = limits.Value;
    private readonly DeployableLaunch _launch = new(new GrainLaunchSteps(grains), new LaunchCalls(calls), MaxConcurrentChunks);

    protected override void Map(RouteGroupBuilder conductors)
    {
        conductors.MapPut(Version3Routes.Launch, Begin).LimitBody(MaxCommandBytes)
            .Describe("begin-launch", "Begins or continues the launch of a deployable of any size");
        conductors.MapPost(Version3Routes.LaunchInstances, Register).LimitBody(_limits.MaxDocumentBytes).LeaveOutOfAuditTrail()
            .Describe("launch-instances", "Registers some of the instances of a launch, one on each line");
        conductors.MapPost(Version3Routes.LaunchSeal, Seal)
            .Describe("seal-launch", "Ends a launch after all its instances were registered");
        conductors.MapDelete(Version3Routes.Launch, TakeBack)
            .Describe("take-back-launch", "Deletes everything that an unsealed launch has registered");
    }

    private async Task<Answer<LaunchState>> Begin(
        string deployable, string digest, ConductorRequest conductor, RequestBody<LaunchStart> body)
    {
        var errors = new RequestErrors();
        if (!DeployableId.TryParse(deployable, out var id, out var problem)) errors.Add("deployable", problem);
        if (digest.Length != DigestLength || digest.AsSpan().ContainsAnyExcept(DigestCharacters))
            errors.Add("digest", $"must be {DigestLength} hexadecimal digits in lower case");
        if (body.Value.Name is not { Length: > 0 } name) errors.Add("/name", "is missing; give the deployable a name");
        else if (InstanceConfigRules.FindInDeployableName(name, _limits) is { } wrong) errors.Add("/name", $"the name {wrong}");
        if (body.Value.Instances is not { } instances)
            errors.Add("/instances", "is missing; give the number of instances that the launch registers");
        else if (instances < 0 || instances > _limits.MaxInstances)
            errors.Add("/instances", $"must be between 0 and {_limits.MaxInstances}");
        var deadline = DurationReader.ReadDeadline(body.Value.DeadlineSeconds, errors);
        if (errors.All.Count > 0) return ProblemFactory.BadRequest(errors.All);

        conductor.AuditDetail = $"{body.Value.Instances} instances";
        var request = new LaunchRequest
        {
            Command = ConductorCommand.New(conductor.Key, time),
            Name = body.Value.Name!,
            Digest = digest,
            Instances = body.Value.Instances!.Value,
            Deadline = deadline,
        };
        var answer = await calls.Command(() => grains.Deployable(id).BeginLaunch(request));
        if (answer.Quota is { } excess) return ProblemFactory.QuotaExceeded(excess);
        return RegistrationProblems.Find(id, answer.Outcome) is { } refusal ? refusal : new LaunchState
        {
            Digest = digest,
            Incarnation = answer.Incarnation,
            Resumed = answer.Resumed,
            Sealed = answer.Sealed,
        };
    }

    private async Task<Answer<LaunchedInstances>> Register(
        string deployable, string digest, ConductorRequest conductor, JsonLinesBody body, CancellationToken cancellation)
    {
        if (await Find(deployable, digest, conductor.Key, cancellation) is not { } header) return NoLaunch;
        if (header.Deleting) return RegistrationProblems.Find(header.Id, ConductorOutcome.BeingDeleted)!;
        var reader = new LaunchLineReader(body, header.Id, header.Name, _limits);
        var registered = 0;

        // If the client disconnects, the registration stops between two chunks. The client sends the request again.
        var refusals = await _launch.RegisterSome(
            conductor.Key, KeyOf(header), reader.Instances(), count => registered = count, cancellation);
        if (refusals is null)
        {
            return header.Launch!.Sealed is null
                ? RegistrationProblems.Find(header.Id, ConductorOutcome.LaunchEnded)!
                : ConductorProblems.Find(
                    ConductorOutcome.LaunchDiffers,
                    [$"the launch of deployable {header.Id} is sealed, so no instance can be added to it"])!;
        }

        foreach (var refusal in refusals) reader.Refuse(refusal);
        return new LaunchedInstances { Registered = registered, Refused = reader.Refused, Refusals = reader.Refusals };
    }

    private async Task<Answer<LaunchState>> Seal(
        string deployable, string digest, ConductorRequest conductor, CancellationToken cancellation)
    {
        if (await Find(deployable, digest, conductor.Key, cancellation) is not { } header) return NoLaunch;
        if (header.Launch!.Sealed is null)
        {
            // A request whose answer was lost may have made an instance a member without registering it.
            var registered = await CountRegistered(header, cancellation);
            var answer = registered < header.Launch.Instances
                ? ConductorAnswer.Refuse(
                    ConductorOutcome.InstancesMissing,
                    $"{registered} of the {header.Launch.Instances} instances of deployable {header.Id} are registered; "
                    + "send the others, and seal the launch again")
                : await calls.Command(() => grains.Deployable(header.Id).SealLaunch(KeyOf(header)));
            if (ConductorProblems.Find(answer) is { } problem) return problem;
        }

        return new LaunchState { Digest = digest, Incarnation = header.Incarnation, Resumed = true, Sealed = true };
    }

    private async Task<Accepted> TakeBack(string deployable, string digest, ConductorRequest conductor)
    {
        if (!DeployableId.TryParse(deployable, out var id, out _)) return NoLaunch;
        return ConductorProblems.Find(await calls.Command(() => grains.Deployable(id).BeginAbandon(conductor.Key, digest)));
    }

    private async Task<int> CountRegistered(DeployableHeader header, CancellationToken cancellation)
    {
        var registered = 0;
        var bound = new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentChunks, CancellationToken = cancellation };
        await Parallel.ForAsync(0, header.Pages, bound, async (page, token) => Interlocked.Add(
            ref registered, await calls.Read(() => grains.Deployable(header.Id).CountLaunched(KeyOf(header), page), token)));
        return registered;
    }

    /// <summary>Returns the deployable of a launch, or null if this conductor has no such launch.</summary>
    private async Task<DeployableHeader?> Find(string deployable, string digest, ConductorKey conductor, CancellationToken cancellation)
    {
        if (!DeployableId.TryParse(deployable, out var id, out _)) return null;
        var header = await calls.Read(grains.Deployable(id).GetHeader, cancellation);
        return header?.Conductor == conductor && header.Launch?.Digest == digest ? header : null;
    }

    private static LaunchKey KeyOf(DeployableHeader header) => new(header.Id, header.Incarnation, header.Launch!.Digest);
}
