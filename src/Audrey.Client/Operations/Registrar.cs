using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Instances;
using Audrey.Abstractions.Launching;
using Audrey.Client.Connection;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Registration;

namespace Audrey.Client.Operations;

/// <summary>Registers instances for one conductor and translates refusals into exceptions.</summary>
internal sealed class Registrar(ClusterSession session)
{
    /// <summary>Registers one instance.</summary>
    public async Task RegisterAsync(InstanceConfig config, CancellationToken cancellationToken)
    {
        var problems = InstanceConfigRules.Problems(config, session.Options.Limits);
        if (!problems.IsEmpty) throw Refused(config, "was not sent", problems);
        await SendAsync(config, cancellationToken);
    }

    private async Task SendAsync(InstanceConfig config, CancellationToken cancellationToken)
    {
        var mark = session.NewMark();
        var answer = await session.Calls.RunAsync(
            $"registering instance '{config.Id}'",
            _ => session.Operations.Register(mark, config),
            isPassing: answer => answer.Outcome == ConductorOutcome.BeingDeleted,
            cancellationToken: cancellationToken);
        if (answer.Outcome != ConductorOutcome.Done) throw await RefusalAsync(config, answer, cancellationToken);
    }

    private static RefusedException Refused(InstanceConfig config, string outcome, ImmutableArray<string> problems) =>
        new($"Instance '{config.Id}' {outcome}", [.. problems.Select(problem => new RegistrationFinding(config.Id, problem))]);

    /// <summary>Returns the exception for an outcome other than Done.</summary>
    public async Task<AudreyException> RefusalAsync(InstanceConfig config, ConductorAnswer answer, CancellationToken cancellationToken)
    {
        switch (answer.Outcome)
        {
            case ConductorOutcome.IdInUse:
                var holder = await HolderAsync(config.Id, cancellationToken);
                var where = holder is { } known ? $"deployable '{known}'" : "another deployable";
                return Conflict(
                    $"Instance '{config.Id}' cannot be registered in deployable '{config.Deployable}': its UUID is used in {where}.",
                    ConflictReason.InstanceIdInUse,
                    holder);
            case ConductorOutcome.NotYours:
                return Conflict(
                    $"Instance '{config.Id}' cannot be registered in deployable '{config.Deployable}': one of the two belongs to "
                        + $"another conductor.",
                    ConflictReason.AnotherConductor,
                    holder: null);
            case ConductorOutcome.BeingDeleted:
                return Conflict(
                    $"Instance '{config.Id}' cannot be registered yet: deployable '{config.Deployable}' is being deleted. Try again later.",
                    ConflictReason.BeingDeleted,
                    holder: null);
            case ConductorOutcome.QuotaExceeded when answer.Quota is { } excess:
                return QuotaExceededException.Of(excess);
            default:
                ImmutableArray<string> problems = answer.Problems.IsDefaultOrEmpty
                    ? [$"the cluster answered {answer.Outcome}"]
                    : answer.Problems;
                return Refused(config, "was not registered", problems);
        }

        ConflictException Conflict(string message, ConflictReason reason, DeployableId? holder) =>
            new(message, reason, config.Id, config.Deployable, holder);
    }

    /// <summary>Returns the deployable that already uses the UUID. Null if this deployable belongs to another conductor.</summary>
    private async Task<DeployableId?> HolderAsync(InstanceId id, CancellationToken cancellationToken)
    {
        var report = await session.Calls.RunAsync(
            $"finding the deployable of instance '{id}'",
            _ => session.Operations.GetInstance(id),
            cancellationToken: cancellationToken);
        return report?.Deployable;
    }
}
