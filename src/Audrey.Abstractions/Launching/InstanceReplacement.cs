using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Orleans;

namespace Audrey.Abstractions.Launching;

/// <summary>
/// Replaces an instance after its guest was lost. The new instance has the same id and another secret. The client library and the gateway
/// use this class.
/// </summary>
/// <param name="grains">The cluster.</param>
/// <param name="calls">How grains are called.</param>
public sealed class InstanceReplacement(IGrainFactory grains, ILaunchCalls calls)
{
    /// <summary>Replaces an instance of the conductor, unless its deployable is being deleted.</summary>
    /// <param name="command">The conductor's command. If it has no mark, an instance that already has the secret is left as it is.</param>
    /// <param name="id">The instance.</param>
    /// <param name="deployable">The deployable that the instance must be in, or null for any.</param>
    /// <param name="secret">The secret of the new guest.</param>
    /// <param name="cancellationToken">Stops before the instance is replaced.</param>
    public async Task<ConductorAnswer> Run(
        ConductorCommand command, InstanceId id, DeployableId? deployable, string secret, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        var what = $"replacing instance '{id}'";
        var instance = grains.GetGrain<IInstanceGrain>(GrainKeys.Of(id));
        var report = await calls.Run(what, () => instance.GetReport(cancellationToken).AsTask(), null, cancellationToken);
        if (report is null || report.Conductor != command.Conductor || report.Deployable != (deployable ?? report.Deployable))
        {
            var where = deployable is null ? "" : " in this deployable";
            return ConductorAnswer.Refuse(ConductorOutcome.NotFound, $"this conductor has no such instance{where}");
        }

        var parent = grains.GetGrain<IDeployableGrain>(GrainKeys.Of(report.Deployable));
        var header = await calls.Run(what, parent.GetHeader, null, cancellationToken);
        return header?.Deleting == true
            ? ConductorAnswer.Refuse(ConductorOutcome.BeingDeleted, $"deployable {report.Deployable} is being deleted")
            : await calls.Run(what, () => instance.Replace(command, secret), null, cancellationToken);
    }
}
