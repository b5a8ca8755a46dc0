using System.Collections.Concurrent;
using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Registration;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Registration;
using Orleans;

namespace Audrey.Abstractions.Launching;

/// <summary>
/// Registers whole deployables. It first writes the intent, then registers the instances in chunks, and then seals the launch. A launch
/// that was stopped continues when it is run again. If a launch is refused, nothing of it is left. The client library and the HTTP API both
/// use this class.
/// </summary>
/// <param name="grains">The cluster.</param>
/// <param name="calls">How grains are called.</param>
/// <param name="maxAtOnce">The maximum number of chunks under way concurrently.</param>
public sealed class DeployableLaunch(IGrainFactory grains, ILaunchCalls calls, int maxAtOnce)
{
    /// <summary>The maximum number of chunks under way concurrently. Each chunk keeps all processors of a server busy.</summary>
    private const int MaxConcurrentChunks = 8;

    /// <summary>Registers all of a deployable's instances, which have passed <see cref="RegistrationCheck"/>.</summary>
    /// <param name="command">The conductor's command, with a mark that no other command has.</param>
    /// <param name="instances">All instances of one deployable, at least one.</param>
    /// <param name="deadline">How long the deployable can take to complete. Null if there is no limit.</param>
    /// <param name="progress">Repeatedly receives the number of registered instances; never called concurrently.</param>
    /// <param name="cancellationToken">Stops the launch before it is complete.</param>
    public async Task<LaunchResult> Run(
        ConductorCommand command, IReadOnlyList<InstanceConfig> instances, TimeSpan? deadline, Action<int>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(instances);
        var digest = RegistrationDigest.Compute(instances, deadline);
        var begun = await Begin(command, instances, digest, deadline, cancellationToken);
        if (begun.Outcome != ConductorOutcome.Done) return LaunchResult.Of(begun.Outcome);
        if (begun.Sealed)
        {
            progress?.Invoke(instances.Count);
            return LaunchResult.Of(ConductorOutcome.Done);
        }

        var launch = new LaunchKey(instances[0].Deployable, begun.Incarnation, digest);
        var refusals = await Register(command.Conductor, launch, instances, begun.Resumed, progress, cancellationToken);
        if (refusals is null) return LaunchResult.Of(ConductorOutcome.LaunchEnded);
        if (refusals.Value.IsEmpty) return LaunchResult.Of(await Seal(launch, cancellationToken));

        await calls.Run($"taking back deployable '{launch.Deployable}', which was refused,", () => Deployable(launch).AbandonLaunch(launch), null, cancellationToken);
        return new(refusals.Value[0].Answer.Outcome, refusals.Value);
    }

    private Task<LaunchAnswer> Begin(
        ConductorCommand command, IReadOnlyList<InstanceConfig> instances, string digest, TimeSpan? deadline, CancellationToken cancellationToken)
    {
        var first = instances[0];
        var request = new LaunchRequest
        {
            Command = command,
            Name = first.DeployableName,
            Digest = digest,
            Instances = instances.Count,
            Deadline = deadline,
        };
        return calls.Run(
            $"registering deployable '{first.Deployable}'",
            () => grains.GetGrain<IDeployableGrain>(GrainKeys.Of(first.Deployable)).BeginLaunch(request),
            answer => answer.Outcome == ConductorOutcome.BeingDeleted,
            cancellationToken);
    }

    /// <summary>
    /// Returns the refused instances in the order of the given ones, or null if the deployable was deleted in the meantime.
    /// </summary>
    private async Task<ImmutableArray<LaunchRefusal>?> Register(
        ConductorKey conductor,
        LaunchKey launch,
        IReadOnlyList<InstanceConfig> instances,
        bool resumed,
        Action<int>? progress,
        CancellationToken cancellationToken)
    {
        var refusals = new ConcurrentQueue<LaunchRefusal>();
        var (registered, ended) = (0, 0);
        var order = new Lock();
        var bound = new ParallelOptions { MaxDegreeOfParallelism = Math.Min(maxAtOnce, MaxConcurrentChunks), CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Numbered(LaunchChunks.Of(instances)), bound, async (chunk, token) =>
        {
            if (Volatile.Read(ref ended) != 0) return;
            var answer = await Send(conductor, launch, chunk.Instances, resumed, token);
            if (answer.Outcome != ConductorOutcome.Done)
            {
                Volatile.Write(ref ended, 1);
                return;
            }

            foreach (var (i, one) in answer.Answers.Index())
                if (one.Outcome != ConductorOutcome.Done) refusals.Enqueue(new(chunk.First + i, chunk.Instances[i], one));
            lock (order)
            {
                registered += answer.Answers.Count(one => one.Outcome == ConductorOutcome.Done);
                progress?.Invoke(registered);
            }
        });
        return ended != 0 ? null : [.. refusals.OrderBy(refusal => refusal.Index)];
    }

    private static IEnumerable<(int First, ImmutableArray<InstanceConfig> Instances)> Numbered(IEnumerable<ImmutableArray<InstanceConfig>> chunks)
    {
        var first = 0;
        foreach (var chunk in chunks)
        {
            yield return (first, chunk);
            first += chunk.Length;
        }
    }

    private Task<LaunchChunkAnswer> Send(
        ConductorKey conductor, LaunchKey launch, ImmutableArray<InstanceConfig> chunk, bool resumed, CancellationToken cancellationToken)
    {
        var mayBeThere = resumed;
        return calls.Run(
            $"registering {chunk.Length} instances of deployable '{launch.Deployable}'",
            () =>
            {
                var request = new LaunchChunk { Conductor = conductor, Launch = launch, Instances = chunk, MayBeThere = mayBeThere };
                mayBeThere = true;
                return grains.GetGrain<IRegistrarGrain>(0).Launch(request);
            },
            null,
            cancellationToken);
    }

    private async Task<ConductorOutcome> Seal(LaunchKey launch, CancellationToken cancellationToken)
    {
        var answer = await calls.Run($"registering deployable '{launch.Deployable}'", () => Deployable(launch).SealLaunch(launch), null, cancellationToken);
        return answer.Outcome;
    }

    private IDeployableGrain Deployable(LaunchKey launch) => grains.GetGrain<IDeployableGrain>(GrainKeys.Of(launch.Deployable));
}
