using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Launching;
using Audrey.Client.Connection;
using Audrey.Core.Differences;
using Audrey.Core.Documents;
using Audrey.Core.Limits;
using Audrey.Core.Registration;

namespace Audrey.Client.Operations;

/// <summary>Checks and registers whole deployables. Translates refusals into exceptions.</summary>
internal sealed class Launcher(ClusterSession session, Registrar registrar)
{
    private readonly DeployableLaunch _launch =
        new(new ConductorLaunchSteps(session.Operations), session.Calls, session.Options.MaxConcurrency);

    /// <summary>Checks and registers all instances of a deployable.</summary>
    public async Task<DeployableRegistration> LaunchAsync(
        IReadOnlyCollection<InstanceConfig> instances,
        IProgress<RegistrationProgress>? progress,
        TimeSpan? deadline,
        CancellationToken cancellationToken)
    {
        var check = Check(instances, deadline, "The deployable was not registered, and no part of it was sent");
        var first = instances.First();
        var number = instances.Count(instance => !instance.IsPrototype);
        var result = await _launch.Run(
            session.NewCommand(),
            [.. instances],
            deadline,
            progress is null ? null : registered => progress.Report(new RegistrationProgress(registered, number)),
            cancellationToken);
        if (!result.Refusals.IsEmpty) throw await RefusalAsync(first, result.Refusals, cancellationToken);
        if (result.Answer is { Quota: { } excess }) throw QuotaExceededException.Of(excess);
        if (result.Answer is { Outcome: ConductorOutcome.SourcesRefused } misfit)
        {
            throw new RefusedException(
                $"Deployable '{first.Deployable}' was not registered, because its instances do not fit together",
                [.. misfit.Problems.Select(problem => new RegistrationFinding(null, problem))]);
        }

        ThrowIfNotDone(first, result.Outcome);
        return new DeployableRegistration
        {
            Deployable = first.Deployable,
            Instances = number,
            Warnings = check.Warnings,
        };
    }

    /// <summary>Compares the registered deployable with the one that <see cref="LaunchAsync"/> would register.</summary>
    public async Task<DeployableDifferences> CompareAsync(
        IReadOnlyCollection<InstanceConfig> instances, TimeSpan? deadline, CancellationToken cancellationToken)
    {
        Check(instances, deadline, "The deployable was not compared, and no part of it was sent");
        var comparison = new RegisteredComparison(new ConductorComparisonSteps(session.Operations), session.Calls);
        return await comparison.Run(instances, deadline, cancellationToken)
            ?? throw new NotFoundException($"No deployable '{instances.First().Deployable}' is registered by this conductor.");
    }

    private RegistrationCheck Check(IReadOnlyCollection<InstanceConfig> instances, TimeSpan? deadline, string refusal)
    {
        var check = RegistrationCheck.Run(instances, session.Options.Limits);
        var problems = check.Problems;
        if (Deadlines.Problem(deadline) is { } late) problems = problems.Add(new RegistrationFinding(null, $"the deadline {late}"));
        return problems.IsEmpty ? check : throw new RefusedException(refusal, problems);
    }

    private static void ThrowIfNotDone(InstanceConfig first, ConductorOutcome outcome)
    {
        var id = first.Deployable;
        switch (outcome)
        {
            case ConductorOutcome.Done:
                return;
            case ConductorOutcome.LaunchDiffers:
                throw Conflict(
                    $"Deployable '{id}' is already registered with other contents. {nameof(IAudreyClient.CompareDeployableAsync)} shows "
                        + "what differs. Delete the deployable first, use another id, or register the instances one by one.",
                    ConflictReason.AlreadyRegistered);
            case ConductorOutcome.NotYours:
                throw Conflict($"Deployable '{id}' belongs to another conductor. Use another id.", ConflictReason.AnotherConductor);
            case ConductorOutcome.BeingDeleted:
                throw Conflict(
                    $"Deployable '{id}' cannot be registered yet, because it is being deleted. Try again later.",
                    ConflictReason.BeingDeleted);
            case ConductorOutcome.LaunchEnded:
                throw Conflict(
                    $"Deployable '{id}' was deleted during its registration. Register it again if you still need it.",
                    ConflictReason.BeingDeleted);
            default:
                throw new AudreyException($"The cluster refused to register deployable '{id}': it answered {outcome}");
        }

        ConflictException Conflict(string message, ConflictReason reason) => new(message, reason, first.Id, id, holder: null);
    }

    private async Task<AudreyException> RefusalAsync(
        InstanceConfig first, ImmutableArray<LaunchRefusal> refusals, CancellationToken cancellationToken)
    {
        var refused = refusals.Where(refusal => refusal.Answer.Outcome == ConductorOutcome.SourcesRefused).ToArray();
        if (refused.Length == 0) return await registrar.RefusalAsync(refusals[0].Instance, refusals[0].Answer, cancellationToken);
        return new RefusedException(
            $"Deployable '{first.Deployable}' was not registered, because {refused.Length} of its instances were refused",
            [
                .. from refusal in refused
                   from problem in refusal.Answer.Problems
                   select new RegistrationFinding(refusal.Instance.Id, problem),
            ]);
    }
}
