using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Launching;
using Audrey.Client.Connection;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Registration;
using Audrey.Core.Secrets;

namespace Audrey.Client.Operations;

/// <summary>Scales groups and replaces instances of registered deployables.</summary>
internal sealed class Scaler(ClusterSession session)
{
    public async Task<ScaleResult> ScaleAsync(
        DeployableId id,
        string assembly,
        int count,
        TimeSpan? deadline,
        TimeSpan? notice,
        ImmutableArray<string> leaving,
        CancellationToken cancellationToken)
    {
        var request = new ScaleRequest(
            session.NewCommand(), assembly, count, Deadline: deadline, Leaving: leaving, Notice: notice ?? Notices.Default);
        ScaleAnswer answer;
        do
        {
            answer = await session.Calls.RunAsync(
                $"scaling group '{assembly}' of deployable '{id}'",
                _ => session.Operations.Scale(id, request),
                cancellationToken: cancellationToken);
        }
        while (answer.Outcome == ConductorOutcome.ScalingUnfinished);
        if (answer.Quota is { } excess) throw QuotaExceededException.Of(excess);
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
            RemovedLabels = [.. (answer.RemovedOrdinals ?? []).Select(ordinal => InstanceLabels.Of(assembly, ordinal))],
        };
    }

    public async Task<string> ReplaceAsync(InstanceId id, TimeSpan? deadline, CancellationToken cancellationToken)
    {
        var (mark, secret) = (session.NewMark(), NewSecret.Create());
        var answer = await session.Calls.RunAsync(
            $"replacing instance '{id}'",
            _ => session.Operations.Replace(id, mark, secret, deadline),
            cancellationToken: cancellationToken);
        if (answer.Outcome != ConductorOutcome.Done)
            throw Refusal(
                $"Instance '{id}' was not replaced",
                $"No instance '{id}' is registered by this conductor.",
                id,
                answer.Outcome,
                answer.Problems);
        return secret;
    }

    public async Task<RotatedSecret> RotateAsync(InstanceId id, TimeSpan overlap, CancellationToken cancellationToken)
    {
        var mark = session.NewMark();
        var answer = await session.Calls.RunAsync(
            $"rotating the secret of instance '{id}'",
            _ => session.Operations.RotateSecret(id, overlap, mark),
            cancellationToken: cancellationToken);
        return answer.Outcome == ConductorOutcome.Done
            ? new RotatedSecret { Id = id, Secret = answer.Secret!, PreviousUntil = answer.PreviousUntil }
            : throw Refusal(
                $"The secret of instance '{id}' was not rotated",
                $"No instance '{id}' is registered by this conductor.",
                id,
                answer.Outcome,
                answer.Problems);
    }

    public async Task<ServiceRetryResult> RetryAsync(InstanceId id, string? service, CancellationToken cancellationToken)
    {
        var mark = session.NewMark();
        var answer = await session.Calls.RunAsync(
            $"running services of instance '{id}' again",
            _ => session.Operations.RetryServices(id, service, mark),
            cancellationToken: cancellationToken);
        return answer.Outcome == ConductorOutcome.Done
            ? new ServiceRetryResult
            {
                Id = id,
                Runs = answer.Retries.ToDictionary(retry => retry.Service, retry => retry.Run),
                Waits = answer.Waits.ToDictionary(waits => waits.Service, waits => (IReadOnlyList<string>)waits.Reasons),
                IsListening = answer.IsListening,
                LastContact = answer.LastContact,
            }
            : throw Refusal(
                $"No service of instance '{id}' runs again",
                $"No instance '{id}' is registered by this conductor.",
                id,
                answer.Outcome,
                answer.Problems);
    }

    private static AudreyException Refusal(
        string what, string notFound, InstanceId? instance, ConductorOutcome outcome, ImmutableArray<string> problems) =>
        outcome switch
        {
            // An instance of another conductor must look like an instance that does not exist.
            ConductorOutcome.NotYours => new NotFoundException(notFound),
            ConductorOutcome.NotFound => new NotFoundException(problems.IsDefaultOrEmpty ? notFound : $"{what}: {problems[0]}."),
            _ => new RefusedException(what, [.. problems.Select(problem => new RegistrationFinding(instance, problem))]),
        };
}
