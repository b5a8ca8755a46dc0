using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Orleans;

namespace Audrey.Abstractions.Launching;

/// <summary>
/// Gives an instance another secret: replaces it after its guest was lost, or rotates the secret of the same guest. The client library and
/// the gateway use this class.
/// </summary>
/// <param name="grains">The cluster.</param>
/// <param name="calls">Calls the grains, and repeats failed calls.</param>
public sealed class InstanceReplacement(IGrainFactory grains, ILaunchCalls calls)
{
    /// <summary>Replaces an instance of the conductor, unless its deployable is being deleted.</summary>
    /// <param name="command">The conductor's command. If the command has no mark, an instance that already has the secret does not
    /// change.</param>
    /// <param name="id">The instance.</param>
    /// <param name="deployable">The deployable that the instance must belong to. Null if it may belong to any deployable.</param>
    /// <param name="secret">The secret of the new guest.</param>
    /// <param name="deadline">The maximum time from now until the new guest is done. Null if there is no limit.</param>
    /// <param name="cancellationToken">Cancels the call before the instance is replaced.</param>
    public async Task<ConductorAnswer> Run(
        ConductorCommand command,
        InstanceId id,
        DeployableId? deployable,
        string secret,
        TimeSpan? deadline,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        return await RefusalOf(command.Conductor, id, deployable, cancellationToken)
            ?? await calls.Run(Describe(id), () => Instance(id).Replace(command, secret, deadline), null, cancellationToken);
    }

    /// <summary>Replaces an instance as <see cref="Run"/> does. A repetition of the command has the same answer.</summary>
    /// <param name="conductor">The conductor.</param>
    /// <param name="renewal">The mark that identifies the command.</param>
    /// <param name="id">The instance.</param>
    /// <param name="deployable">The deployable that the instance must belong to.</param>
    /// <param name="secret">The secret to use if the command is new.</param>
    /// <param name="deadline">The maximum time from now until the new guest is done. Null if there is no limit.</param>
    /// <param name="cancellationToken">Cancels the call before the instance is replaced.</param>
    public async Task<RenewalAnswer> Renew(
        ConductorKey conductor,
        RequestMark renewal,
        InstanceId id,
        DeployableId deployable,
        string secret,
        TimeSpan? deadline,
        CancellationToken cancellationToken) =>
        await RefusalOf(conductor, id, deployable, cancellationToken) is { } refusal
            ? new(refusal, null)
            : await calls.Run(Describe(id), () => Instance(id).Renew(conductor, renewal, secret, deadline), null, cancellationToken);

    /// <summary>Rotates the secret of an instance of the conductor, unless its deployable is being deleted.</summary>
    /// <param name="command">The conductor's command, with a mark.</param>
    /// <param name="id">The instance.</param>
    /// <param name="deployable">The deployable that the instance must belong to. Null if it may belong to any deployable.</param>
    /// <param name="overlap">How long the current secret stays valid. It becomes invalid earlier if the guest uses the new secret.</param>
    /// <param name="cancellationToken">Cancels the call before the secret is rotated.</param>
    public async Task<GuestSecret> Rotate(
        ConductorCommand command, InstanceId id, DeployableId? deployable, TimeSpan overlap, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        return await RefusalOf(command.Conductor, id, deployable, cancellationToken) is { } refusal
            ? GuestSecret.Refuse(refusal)
            : await calls.Run(
                $"rotating the secret of instance '{id}'", () => Instance(id).RotateSecret(command, overlap), null, cancellationToken);
    }

    /// <summary>Returns the refusal of a command on an instance that the conductor must not change now, or null.</summary>
    internal async Task<ConductorAnswer?> RefusalOf(
        ConductorKey conductor, InstanceId id, DeployableId? deployable, CancellationToken cancellationToken)
    {
        var report = await calls.Run(Describe(id), () => Instance(id).GetReport(cancellationToken).AsTask(), null, cancellationToken);
        if (report is null || report.Conductor != conductor || report.Deployable != (deployable ?? report.Deployable))
        {
            var where = deployable is null ? "" : " in this deployable";
            return ConductorAnswer.Refuse(ConductorOutcome.NotFound, $"this conductor has no such instance{where}");
        }

        var parent = grains.GetGrain<IDeployableGrain>(GrainKeys.Of(report.Deployable));
        var header = await calls.Run(Describe(id), parent.GetHeader, null, cancellationToken);
        return header?.Deleting == true
            ? ConductorAnswer.Refuse(ConductorOutcome.BeingDeleted, $"deployable {report.Deployable} is being deleted")
            : null;
    }

    private static string Describe(InstanceId id) => $"replacing instance '{id}'";

    private IInstanceGrain Instance(InstanceId id) => grains.GetGrain<IInstanceGrain>(GrainKeys.Of(id));
}
