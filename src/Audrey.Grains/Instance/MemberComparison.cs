using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Core.Differences;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Tarballs;
using Audrey.Grains.Propagation;

namespace Audrey.Grains.Instance;

/// <summary>Compares what is registered of an instance with what a conductor gives. It only reads.</summary>
internal sealed class MemberComparison(InstanceId id, InstanceMachine machine, InstanceServices silo)
{
    /// <inheritdoc cref="IMemberGrain.GetLabel"/>
    public MemberLabel? GetLabel(DeployableId deployable, long incarnation, int page)
    {
        if (Find(deployable, incarnation) is not { } config || machine.Definition.Page != page) return null;
        var label = config.IsPrototype ? config.Name : machine.Definition.Label!;
        return new(id, config.Name, config.Ordinal, label, config.IsPrototype);
    }

    /// <inheritdoc cref="IMemberGrain.Compare"/>
    public async Task<InstanceDifferences?> Compare(InstanceConfig given, long incarnation)
    {
        if (Find(given.Deployable, incarnation) is not { } registered) return null;
        var tarball = machine.Definition.HasNoTarball
            ? null
            : await silo.Grains.Reference<ITarballGrain>(GrainKeys.Of(id)).Get();
        var files = tarball is null ? new Dictionary<string, TarFile>() : TarFiles.Read(tarball.InGzip().Bytes);
        return ConfigComparison.Run(registered, files, given);
    }

    private InstanceConfig? Find(DeployableId deployable, long incarnation) =>
        machine.Registered is { } instance && instance.IsMemberOf(deployable, incarnation)
            ? instance.Config
            : machine.Definition.PrototypeIn(deployable, incarnation);
}
