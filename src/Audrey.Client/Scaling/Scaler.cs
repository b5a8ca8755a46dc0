using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Instances;
using Audrey.Client.Retrying;
using Audrey.Core.Ids;
using Audrey.Core.Registration;
using Audrey.Core.Secrets;

namespace Audrey.Client.Scaling;

/// <summary>Changes deployables that are registered: groups grow and shrink, instances are replaced.</summary>
internal sealed class Scaler(IGrainFactory grains, Attempts attempts, AudreyClientOptions options)
{
    public async Task<ScaleResult> ScaleAsync(DeployableId id, string assembly, int count, CancellationToken cancellationToken)
    {
        var request = new ScaleRequest(ConductorCommand.New(options.Conductor, options.TimeProvider), assembly, count);
        var answer = await attempts.RunAsync(
            $"scaling group '{assembly}' of deployable '{id}'",
            _ => grains.GetGrain<IDeployableGrain>(GrainKeys.Of(id)).Scale(request),
            cancellationToken: cancellationToken);
        if (answer.Outcome != ConductorOutcome.Done)
            throw Refusal($"Group '{assembly}' of deployable '{id}' was not scaled", $"No deployable '{id}' is registered by this conductor.", null, answer.Outcome, answer.Problems);
        return new ScaleResult
        {
            Added = [.. answer.Added.Select(member => new AddedInstance { Id = member.Id, Secret = member.Secret, Name = assembly, Ordinal = member.Ordinal })],
            Removed = answer.Removed,
        };
    }

    public async Task<string> ReplaceAsync(InstanceId id, CancellationToken cancellationToken)
    {
        var command = ConductorCommand.New(options.Conductor, options.TimeProvider);
        var secret = NewSecret.Create();
        var answer = await attempts.RunAsync(
            $"replacing instance '{id}'",
            _ => grains.GetGrain<IInstanceGrain>(GrainKeys.Of(id)).Replace(command, secret),
            cancellationToken: cancellationToken);
        if (answer.Outcome != ConductorOutcome.Done)
            throw Refusal($"Instance '{id}' was not replaced", $"No instance '{id}' is registered by this conductor.", id, answer.Outcome, answer.Problems);
        return secret;
    }

    private static AudreyException Refusal(string what, string notFound, InstanceId? instance, ConductorOutcome outcome, ImmutableArray<string> problems) => outcome switch
    {
        // Somebody else's looks like none.
        ConductorOutcome.NotYours => new NotFoundException(notFound),
        ConductorOutcome.NotFound => new NotFoundException(problems.IsDefaultOrEmpty ? notFound : $"{what}: {problems[0]}."),
        _ => new RefusedException(what, [.. problems.Select(problem => new RegistrationFinding(instance, problem))]),
    };
}
