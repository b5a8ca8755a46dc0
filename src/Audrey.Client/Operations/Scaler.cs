using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Launching;
using Audrey.Client.Connection;
using Audrey.Core.Ids;
using Audrey.Core.Registration;
using Audrey.Core.Secrets;

namespace Audrey.Client.Operations;

/// <summary>Scales groups and replaces instances of registered deployables.</summary>
internal sealed class Scaler(ClusterSession session)
{
    public async Task<ScaleResult> ScaleAsync(DeployableId id, string assembly, int count, CancellationToken cancellationToken)
    {
        var request = new ScaleRequest(session.NewCommand(), assembly, count);
        var answer = await session.Calls.RunAsync(
            $"scaling group '{assembly}' of deployable '{id}'",
            _ => session.Grains.GetGrain<IDeployableGrain>(GrainKeys.Of(id)).Scale(request),
            cancellationToken: cancellationToken);
        if (answer.Outcome != ConductorOutcome.Done)
            throw Refusal(
                $"Group '{assembly}' of deployable '{id}' was not scaled",
                $"No deployable '{id}' is registered by this conductor.",
                null,
                answer.Outcome,
                answer.Problems);
        return new ScaleResult
        {
            Added =
            [
                .. from member in answer.Added
                   select new AddedInstance { Id = member.Id, Secret = member.Secret, Assembly = assembly, Ordinal = member.Ordinal },
            ],
            Removed = answer.Removed,
        };
    }

    public async Task<string> ReplaceAsync(InstanceId id, CancellationToken cancellationToken)
    {
        var command = session.NewCommand();
        var secret = NewSecret.Create();
        var replacement = new InstanceReplacement(session.Grains, session.Calls);
        var answer = await replacement.Run(command, id, deployable: null, secret, cancellationToken);
        if (answer.Outcome != ConductorOutcome.Done)
            throw Refusal(
                $"Instance '{id}' was not replaced",
                $"No instance '{id}' is registered by this conductor.",
                id,
                answer.Outcome,
                answer.Problems);
        return secret;
    }

    private static AudreyException Refusal(
        string what, string notFound, InstanceId? instance, ConductorOutcome outcome, ImmutableArray<string> problems) =>
        outcome switch
    {
        // An instance of another conductor must look like one that does not exist.
        ConductorOutcome.NotYours => new NotFoundException(notFound),
        ConductorOutcome.NotFound => new NotFoundException(problems.IsDefaultOrEmpty ? notFound : $"{what}: {problems[0]}."),
        _ => new RefusedException(what, [.. problems.Select(problem => new RegistrationFinding(instance, problem))]),
    };
}
