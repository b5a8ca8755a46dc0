using System.Collections.Immutable;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Instances;
using Audrey.Abstractions.Operations;
using Audrey.Core.Differences;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;
using Orleans;

namespace Audrey.Abstractions.Launching;

/// <summary>The calls that the comparison of a deployable consists of.</summary>
public interface IComparisonSteps
{
    /// <summary>Returns the description of a deployable, or null if the conductor has no such deployable.</summary>
    Task<DeployableHeader?> GetHeader(DeployableId deployable);

    /// <inheritdoc cref="IConductorOperations.GetLabels"/>
    Task<ImmutableArray<MemberLabel>> GetLabels(DeployableId deployable, int page);

    /// <inheritdoc cref="IConductorOperations.Compare"/>
    Task<ImmutableArray<InstanceDifferences?>> Compare(DeployableId deployable, ImmutableArray<InstanceConfig> given);
}

/// <summary>Calls the grains directly, for a conductor that is verified. Deployables of other conductors are not found.</summary>
public sealed class GrainComparisonSteps(IGrainFactory grains, ConductorKey conductor) : IComparisonSteps
{
    /// <summary>The maximum number of instances that compare themselves concurrently, because each of them reads its tarball.</summary>
    private const int MaxConcurrent = 16;

    /// <inheritdoc/>
    public async Task<DeployableHeader?> GetHeader(DeployableId deployable)
    {
        var header = await Deployable(deployable).GetHeader();
        return header?.Conductor == conductor ? header : null;
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<MemberLabel>> GetLabels(DeployableId deployable, int page) =>
        await GetHeader(deployable) is null ? [] : await Deployable(deployable).GetLabels(page);

    /// <inheritdoc/>
    public async Task<ImmutableArray<InstanceDifferences?>> Compare(DeployableId deployable, ImmutableArray<InstanceConfig> given)
    {
        if (await GetHeader(deployable) is not { } header) return [.. given.Select(_ => (InstanceDifferences?)null)];
        var compared = ImmutableArray.CreateBuilder<InstanceDifferences?>(given.Length);
        foreach (var batch in given.Chunk(MaxConcurrent))
            compared.AddRange(await Task.WhenAll(batch.Select(one => Member(one.Id).Compare(one, header.Incarnation))));
        return compared.ToImmutable();
    }

    private IDeployableGrain Deployable(DeployableId id) => grains.GetGrain<IDeployableGrain>(GrainKeys.Of(id));

    private IMemberGrain Member(InstanceId id) => grains.GetGrain<IMemberGrain>(GrainKeys.Of(id));
}

/// <summary>Calls the only grain that a conductor's connection can reach.</summary>
public sealed class ConductorComparisonSteps(IConductorOperations conductor) : IComparisonSteps
{
    /// <inheritdoc/>
    public Task<DeployableHeader?> GetHeader(DeployableId deployable) => conductor.GetDeployable(deployable);

    /// <inheritdoc/>
    public Task<ImmutableArray<MemberLabel>> GetLabels(DeployableId deployable, int page) => conductor.GetLabels(deployable, page);

    /// <inheritdoc/>
    public Task<ImmutableArray<InstanceDifferences?>> Compare(DeployableId deployable, ImmutableArray<InstanceConfig> given) =>
        conductor.Compare(deployable, given);
}
