using System.Security.Cryptography;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Instances;
using Audrey.Core.Tarballs;

namespace Audrey.Grains.Instance;

internal sealed partial class InstanceGrain
{
    private static readonly Tarball EmptyTarball =
        new(TarballBuilder.Empty, Convert.ToHexStringLower(SHA256.HashData(TarballBuilder.Empty)), DateTimeOffset.UnixEpoch);

    public ValueTask<bool> IsLaunched(LaunchKey launch) => ValueTask.FromResult(
        _live is { } live && Belongs(live, launch.Deployable, launch.Incarnation) && live.Definition.Launch == launch.Digest);

    public async Task<ConductorAnswer> Launch(InstanceLaunch launch)
    {
        var ((command, config, tarball), key) = (launch.Registration, launch.Launch);
        if (_live is { } other && other.Config.Deployable != config.Deployable) return InUse(other, config.Deployable);

        // The deployable was deleted after this instance had joined and before it was told: it must not come to be any more.
        if (definition.State.Ended is { } ended && ended.Deployable == key.Deployable && ended.Incarnation >= key.Incarnation)
            return Refuse(ConductorOutcome.LaunchEnded, config.Deployable);
        if (await IsLaunched(key)) return ConductorAnswer.Done;

        var replaced = _live;
        await StoreTarball(tarball);
        await BeginGeneration(definition.State.Register(
            config, command.Conductor, key.Incarnation, launch.Page, Version, command.Mark, time.GetUtcNow()) with
        { Launch = key.Digest, HasNoTarball = tarball.Length == 0 });
        if (replaced is not null) await Publish();
        return ConductorAnswer.Done;
    }
}
