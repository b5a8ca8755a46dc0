using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Operations;
using Audrey.Core.Ids;
using Orleans;

namespace Audrey.Abstractions.Launching;

/// <summary>The calls that a launch consists of.</summary>
public interface ILaunchSteps
{
    /// <inheritdoc cref="IDeployableGrain.BeginLaunch"/>
    Task<LaunchAnswer> BeginLaunch(DeployableId deployable, LaunchRequest request);

    /// <inheritdoc cref="IRegistrarGrain.Launch"/>
    Task<LaunchChunkAnswer> Launch(LaunchChunk chunk);

    /// <inheritdoc cref="IDeployableGrain.SealLaunch"/>
    Task<ConductorAnswer> SealLaunch(LaunchKey launch);

    /// <inheritdoc cref="IDeployableGrain.AbandonLaunch"/>
    Task<ConductorAnswer> AbandonLaunch(LaunchKey launch);
}

/// <summary>Calls the grains directly. Used by a gateway, which has already verified the conductor.</summary>
public sealed class GrainLaunchSteps(IGrainFactory grains) : ILaunchSteps
{
    /// <inheritdoc/>
    public Task<LaunchAnswer> BeginLaunch(DeployableId deployable, LaunchRequest request) => Deployable(deployable).BeginLaunch(request);

    /// <inheritdoc/>
    public Task<LaunchChunkAnswer> Launch(LaunchChunk chunk) => grains.GetGrain<IRegistrarGrain>(0).Launch(chunk);

    /// <inheritdoc/>
    public Task<ConductorAnswer> SealLaunch(LaunchKey launch) => Deployable(launch.Deployable).SealLaunch(launch);

    /// <inheritdoc/>
    public Task<ConductorAnswer> AbandonLaunch(LaunchKey launch) => Deployable(launch.Deployable).AbandonLaunch(launch);

    private IDeployableGrain Deployable(DeployableId id) => grains.GetGrain<IDeployableGrain>(GrainKeys.Of(id));
}

/// <summary>Calls the only grain that a conductor's connection can reach.</summary>
public sealed class ConductorLaunchSteps(IConductorOperations conductor) : ILaunchSteps
{
    /// <inheritdoc/>
    public Task<LaunchAnswer> BeginLaunch(DeployableId deployable, LaunchRequest request) => conductor.BeginLaunch(deployable, request);

    /// <inheritdoc/>
    public Task<LaunchChunkAnswer> Launch(LaunchChunk chunk) => conductor.Launch(chunk);

    /// <inheritdoc/>
    public Task<ConductorAnswer> SealLaunch(LaunchKey launch) => conductor.SealLaunch(launch);

    /// <inheritdoc/>
    public Task<ConductorAnswer> AbandonLaunch(LaunchKey launch) => conductor.AbandonLaunch(launch);
}
