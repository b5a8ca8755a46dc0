using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Instances;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Grains.Propagation;
using Audrey.Grains.Sets;

namespace Audrey.Grains.Registration;

internal sealed partial class RegistrarGrain
{
    /// <inheritdoc/>
    /// <remarks>
    /// Work that is the same for all instances is done once. One write makes the instances members. One write for each provider makes the
    /// instances dependents of that provider.
    /// </remarks>
    public async Task<LaunchChunkAnswer> Launch(LaunchChunk chunk)
    {
        var launch = chunk.Launch;
        var answers = new ConductorAnswer?[chunk.Instances.Length];
        if (chunk.MayBeThere) await LeaveThoseLaunched(chunk, answers);
        var prepared = await Prepare(chunk, answers);
        if (prepared.Count == 0) return new(ConductorOutcome.Done, [.. answers.Select(answer => answer!)]);

        var deployable = GrainFactory.Reference<IDeployableGrain>(GrainKeys.Of(launch.Deployable));
        var joined = await deployable.JoinPiece(
            launch,
            [.. prepared.Select(one => new JoiningInstance(one.Registration.Config.Id, GroupReferences.CountOf(one.Registration.Config)))]);
        if (joined.Refusal is { } refusal)
        {
            foreach (var (index, _) in prepared) answers[index] = refusal;
            return new(ConductorOutcome.Done, [.. answers.Select(answer => answer!)]);
        }

        if (joined.Outcome != ConductorOutcome.Done) return new(joined.Outcome, []);

        // A prototype has no values, so it depends on nobody.
        // The providers' sets are written first. A set may name an instance that was never registered, but it must name every dependent
        // that was registered.
        var dependents = DependentsPages.DependentsOf(
            prepared.Select(one => one.Registration.Config).Where(config => !config.IsPrototype));
        await Task.WhenAll(dependents.Select(pair =>
            GrainFactory.Dependents(launch.Deployable, launch.Incarnation, pair.Key).AddMany([.. pair.Value])));
        await Task.WhenAll(prepared.Select(async (one, i) => answers[one.Index] = await Instance(one.Registration.Config.Id)
            .Launch(new InstanceLaunch(one.Registration, launch, joined.Pages[i]))));

        if (answers.All(answer => answer!.Outcome != ConductorOutcome.LaunchEnded)) return new(ConductorOutcome.Done,
            [.. answers.Select(answer => answer!)]);

        // A deletion has finished in the meantime. The deletion does not delete sets that were written after its end.
        await Task.WhenAll(dependents.Keys.Select(provider =>
            GrainFactory.Dependents(launch.Deployable, launch.Incarnation, provider).Clear()));
        return new(ConductorOutcome.LaunchEnded, []);
    }

    private async Task LeaveThoseLaunched(LaunchChunk chunk, ConductorAnswer?[] answers) =>
        await Task.WhenAll(chunk.Instances.Select(async (config, i) =>
        {
            if (await Instance(config.Id).IsLaunched(chunk.Launch)) answers[i] = ConductorAnswer.Done;
        }));

    private async Task<List<(int Index, InstanceRegistration Registration)>> Prepare(LaunchChunk chunk, ConductorAnswer?[] answers)
    {
        var prepared = new List<(int, InstanceRegistration)>();
        var all = await Task.WhenAll(chunk.Instances.Select(async (config, i) =>
            answers[i] is null ? await preparer.Prepare(new ConductorCommand(chunk.Conductor, null), config) : null));
        for (var i = 0; i < all.Length; i++)
        {
            if (all[i] is not { } one) continue;
            if (one.IsReady)
            {
                prepared.Add((i, one.Registration));
                continue;
            }

            LogRefused(chunk.Instances[i].Id, one.Problems.Length);
            answers[i] = ConductorAnswer.Refuse(ConductorOutcome.SourcesRefused, one.Problems);
        }

        return prepared;
    }

    private IMemberGrain Instance(InstanceId id) => GrainFactory.Reference<IMemberGrain>(GrainKeys.Of(id));
}
