using System.Collections.Frozen;
using Audrey.Abstractions.Auditing;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Credentials;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Instances;
using Audrey.Abstractions.Operations;
using Audrey.Core.Auditing;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Replay;

namespace Audrey.Grains.Conductor;

/// <summary>Describes the commands of <see cref="IConductorOperations"/> for the audit trail.</summary>
internal static class OperationsAudit
{
    /// <summary>
    /// The commands. The pieces of a launch are not among them, because the audit entry for the beginning of the launch covers them.
    /// </summary>
    private static readonly FrozenDictionary<string, string> Actions = new Dictionary<string, string>
    {
        [nameof(IConductorOperations.Register)] = "register-instance",
        [nameof(IConductorOperations.BeginLaunch)] = "begin-launch",
        [nameof(IConductorOperations.SealLaunch)] = "seal-launch",
        [nameof(IConductorOperations.AbandonLaunch)] = "take-back-launch",
        [nameof(IConductorOperations.Scale)] = "scale-group",
        [nameof(IConductorOperations.Replace)] = "replace-instance",
        [nameof(IConductorOperations.RotateSecret)] = "rotate-instance",
        [nameof(IConductorOperations.RetryServices)] = "retry-services",
        [nameof(IConductorOperations.Delete)] = "delete-deployable",
        [nameof(IConductorOperations.HandOver)] = "hand-over-deployable",
        [nameof(IConductorOperations.AddCredential)] = "add-conductor",
        [nameof(IConductorOperations.RotateCredential)] = "rotate-conductor",
        [nameof(IConductorOperations.RevokeCredential)] = "revoke-conductor",
    }.ToFrozenDictionary();

    /// <summary>Returns the command in a call. Null if the call is not a command.</summary>
    /// <param name="context">The call.</param>
    /// <param name="caller">The caller.</param>
    /// <param name="address">The network address of the caller.</param>
    public static AuditedCommand? Describe(IIncomingGrainCallContext context, ConductorIdentity caller, string address)
    {
        if (!Actions.TryGetValue(context.MethodName, out var action)) return null;
        var (target, mark) = (AuditTarget.None, (RequestMark?)null);
        for (var i = 0; i < context.Request.GetArgumentCount(); i++)
        {
            (target, mark) = context.Request.GetArgument(i) switch
            {
                DeployableId id => (target with { Deployable = id.Value }, mark),
                InstanceId id => (target with { Instance = id.Value }, mark),
                InstanceConfig config => (target with { Deployable = config.Deployable.Value, Instance = config.Id.Value }, mark),
                LaunchKey launch => (target with { Deployable = launch.Deployable.Value }, mark),
                LaunchRequest request => (target, request.Command.Mark),
                ScaleRequest request => (target with { Group = request.Assembly }, request.Command.Mark),
                ConductorKey key when i == 0 || context.MethodName == nameof(IConductorOperations.HandOver) =>
                    (target with { Credential = key.Value }, mark),
                RequestMark given => (target, given),
                _ => (target, mark),
            };
        }

        return new(caller, address, action, target, mark is { } found ? AuditMark.Of(found, action, target) : AuditMark.New());
    }

    /// <summary>Returns the name of the outcome in a result.</summary>
    public static string? OutcomeOf(object? result) => result switch
    {
        ConductorAnswer answer => DescribedOutcome.Of(answer.Outcome).Name,
        LaunchAnswer answer => DescribedOutcome.Of(answer.Outcome).Name,
        ScaleAnswer answer => DescribedOutcome.Of(answer.Outcome).Name,
        RetryAnswer answer => DescribedOutcome.Of(answer.Outcome).Name,
        GuestSecret secret => DescribedOutcome.Of(secret.Outcome).Name,
        CredentialAnswer answer => DescribedOutcome.Of(answer.Outcome).Name,
        CredentialOutcome outcome => DescribedOutcome.Of(outcome).Name,
        _ => null,
    };
}
