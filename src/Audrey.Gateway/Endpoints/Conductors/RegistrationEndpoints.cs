using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Launching;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Gateway.Documents;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>
/// Registers a whole deployable in one request, or one instance. A whole deployable is launched in the same way as by the client library.
/// </summary>
internal sealed class RegistrationEndpoints(IGrainFactory grains, GrainCalls calls, IOptions<DocumentLimits> limits, TimeProvider time)
    : ConductorEndpoints
{
    private const int MaxConcurrentChunks = 4;
    private const string InstancePlace = "/instance";

    private readonly DocumentLimits _limits = limits.Value;
    private readonly DeployableLaunch _launch = new(new GrainLaunchSteps(grains), new LaunchCalls(calls), MaxConcurrentChunks);

    protected override void Map(RouteGroupBuilder conductors)
    {
        conductors.MapPut(Version3Routes.Deployable, Register).LimitBody(_limits.MaxDocumentBytes)
            .Describe("register-deployable", "Registers a whole deployable. Registers nothing if there is an error");
        conductors.MapPut(Version3Routes.Definition, RegisterOne).LimitBody(_limits.MaxDocumentBytes)
            .Describe("register-instance", "Registers one instance, or replaces it if its content differs");
    }

    private async Task<Answer<DeployableAnswer>> Register(
        string deployable, ConductorRequest conductor, RequestBody<DeployableRequest> body)
    {
        if (!DeployableId.TryParse(deployable, out var id, out var problem))
            return ProblemFactory.BadRequest(new ProblemError("deployable", problem));
        var reader = new DeployableRequestReader(id, _limits);
        var instances = reader.Read(body.Value);
        if (reader.Errors.Count > 0) return ProblemFactory.BadRequest(reader.Errors);

        var number = instances.Count(instance => !instance.IsPrototype);
        conductor.AuditDetail = $"{number} instances";

        // The launch is not cancelled when the client disconnects. If the client repeats the request, the repeated request finds the
        // finished launch.
        var command = ConductorCommand.New(conductor.Key, time);
        var result = await _launch.Run(command, instances, reader.Deadline, progress: null, CancellationToken.None);
        return ProblemWith(id, result) is { } refusal
            ? refusal
            : new DeployableAnswer { Instances = number, Warnings = reader.Warnings };
    }

    private async Task<CommandResult> RegisterOne(
        string deployable, string uuid, ConductorRequest conductor, RequestBody<DefinitionRequest> body)
    {
        var errors = new RequestErrors();
        if (!DeployableId.TryParse(deployable, out var id, out var problem)) errors.Add("deployable", problem);
        if (!InstanceId.TryParse(uuid, out _, out problem)) errors.Add("uuid", problem);
        if (string.IsNullOrEmpty(body.Value.Name)) errors.Add("/name", "is missing; give the deployable a name");
        if (body.Value.Instance is null) errors.Add(InstancePlace, "is missing; give the instance");
        else if (body.Value.Instance.Id is { } other && other != uuid) errors.Add($"{InstancePlace}/id", "must be the UUID in the path");
        if (body.Value.Instance is { Prototype: true })
            errors.Add($"{InstancePlace}/prototype", "is allowed only where a whole deployable is registered");
        if (errors.All.Count > 0) return ProblemFactory.BadRequest(errors.All);

        var groups = new GroupMembers("is not known here; list its instances in 'instances'");
        var config = new InstanceReader(id, body.Value.Name!, groups, errors).Read(InstancePlace, body.Value.Instance! with { Id = uuid })!;
        foreach (var wrong in InstanceConfigRules.Find(config, _limits))
            errors.Add(JsonPointers.Format(InstancePlace, wrong.Path), wrong.Message);
        if (errors.All.Count > 0) return ProblemFactory.BadRequest(errors.All);

        var answer = await calls.Command(() => grains.GetGrain<IRegistrarGrain>(0).Register(conductor.Command, config));
        return answer.Outcome == ConductorOutcome.SourcesRefused
            ? ProblemFactory.BadRequest([.. answer.Problems.Select(reason => new ProblemError(InstancePlace, reason))])
            : ConductorProblems.Find(answer);
    }

    private static Problem? ProblemWith(DeployableId id, LaunchResult result)
    {
        if ((result.Answer ?? result.Refusals.FirstOrDefault()?.Answer)?.Quota is { } excess) return ProblemFactory.QuotaExceeded(excess);
        var refused = result.Refusals.Where(refusal => refusal.Answer.Outcome == ConductorOutcome.SourcesRefused).ToList();
        if (refused.Count > 0)
        {
            return ProblemFactory.BadRequest([
                .. from refusal in refused
                   from problem in refusal.Answer.Problems
                   select new ProblemError($"/instances/{refusal.Index}", problem)]);
        }

        return RegistrationProblems.Find(
            id, result.Outcome, [.. result.Answer?.Problems ?? [], .. result.Refusals.SelectMany(refusal => refusal.Answer.Problems)]);
    }
}
