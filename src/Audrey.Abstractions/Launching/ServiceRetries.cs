using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Orleans;

namespace Audrey.Abstractions.Launching;

/// <summary>Runs failed services of an instance again. The client library and the gateway use this class.</summary>
/// <param name="grains">The cluster.</param>
/// <param name="calls">Calls the grains, and repeats failed calls.</param>
public sealed class ServiceRetries(IGrainFactory grains, ILaunchCalls calls)
{
    private readonly InstanceReplacement _instances = new(grains, calls);

    /// <summary>Runs failed services of an instance of the conductor again, unless its deployable is being deleted.</summary>
    /// <param name="command">The conductor's command, with a mark.</param>
    /// <param name="id">The instance.</param>
    /// <param name="deployable">The deployable that the instance must belong to. Null if it may belong to any deployable.</param>
    /// <param name="service">The service. Null for all failed services of the instance.</param>
    /// <param name="cancellationToken">Cancels the call before the command is durable.</param>
    public async Task<RetryAnswer> Run(
        ConductorCommand command, InstanceId id, DeployableId? deployable, string? service, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (await _instances.RefusalOf(command.Conductor, id, deployable, cancellationToken) is { } refusal)
            return RetryAnswer.Refuse(refusal);
        var instance = grains.GetGrain<IInstanceGrain>(GrainKeys.Of(id));
        return await calls.Run(
            $"running services of instance '{id}' again", () => instance.RetryServices(command, service), null, cancellationToken);
    }
}
