using System.Collections.Concurrent;
using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Registration;

namespace Audrey.Abstractions.Launching;

/// <summary>
/// Registers whole deployables. This class first writes the intent, then registers the instances in chunks, and then seals the launch. If a
/// launch was stopped, another run of the same launch continues it. If a launch is refused, everything that it registered is deleted. The
/// client library and the HTTP API both use this class.
/// </summary>
/// <param name="steps">The calls of the launch.</param>
/// <param name="calls">Makes the calls, and repeats failed calls.</param>
/// <param name="maxAtOnce">The maximum number of chunks under way concurrently.</param>
public sealed class DeployableLaunch(ILaunchSteps steps, ILaunchCalls calls, int maxAtOnce)
{
    /// <summary>
    /// The maximum number of chunks under way concurrently. A few are enough, because each chunk keeps all processors of a server busy.
    /// </summary>
    private const int MaxConcurrentChunks = 8;

    /// <summary>Registers all of a deployable's instances, which have passed <see cref="RegistrationCheck"/>.</summary>
    /// <param name="command">The conductor's command, with a mark that no other command has.</param>
    /// <param name="instances">All instances of one deployable, at least one.</param>
    /// <param name="deadline">The maximum time until the deployable is complete. Null if there is no limit.</param>
    /// <param name="progress">Repeatedly receives the number of registered instances; never called concurrently.</param>
    /// <param name="cancellationToken">Stops the launch before it is complete.</param>
    public async Task<LaunchResult> Run(
        ConductorCommand command, IReadOnlyList<InstanceConfig> instances, TimeSpan? deadline, Action<int>? progress,
            CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(instances);
        var digest = RegistrationDigest.Compute(instances, deadline);
        var begun = await Begin(command, instances, digest, deadline, cancellationToken);
        if (begun.Quota is { } excess) return LaunchResult.Of(ConductorAnswer.Refuse(excess));
        if (begun.Outcome != ConductorOutcome.Done) return LaunchResult.Of(begun.Outcome);
        if (begun.Sealed)
        {
            progress?.Invoke(instances.Count);
            return LaunchResult.Of(ConductorOutcome.Done);
        }

        var launch = new LaunchKey(instances[0].Deployable, begun.Incarnation, digest);
        var refusals = await Register(command.Conductor, launch, instances, begun.Resumed, progress, cancellationToken);
        if (refusals is null) return LaunchResult.Of(ConductorOutcome.LaunchEnded);
        if (!refusals.Value.IsEmpty)
        {
            await Undo(launch, cancellationToken);
            return new(refusals.Value[0].Answer.Outcome, refusals.Value);
        }

        var answer = await Seal(launch, cancellationToken);
        if (answer.Outcome == ConductorOutcome.SourcesRefused) await Undo(launch, cancellationToken);
        return LaunchResult.Of(answer);
    }

    /// <summary>
    /// Registers some instances of a launch that has begun. Instances that the launch has registered already do not change.
    /// </summary>
    /// <param name="conductor">The conductor, which owns the deployable.</param>
    /// <param name="launch">The launch.</param>
    /// <param name="instances">
    /// The instances. They are enumerated once, and only a few chunks of them are in memory at the same time.
    /// </param>
    /// <param name="progress">Repeatedly receives the number of registered instances; never called concurrently.</param>
    /// <param name="cancellationToken">Stops the registration before it is complete.</param>
    /// <returns>The refused instances in the order of the given instances, or null if the launch has ended.</returns>
    public Task<ImmutableArray<LaunchRefusal>?> RegisterSome(
        ConductorKey conductor,
        LaunchKey launch,
        IEnumerable<InstanceConfig> instances,
        Action<int>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(launch);
        ArgumentNullException.ThrowIfNull(instances);
        return Register(conductor, launch, instances, resumed: true, progress, cancellationToken);
    }

    private Task<LaunchAnswer> Begin(
        ConductorCommand command, IReadOnlyList<InstanceConfig> instances, string digest, TimeSpan? deadline,
            CancellationToken cancellationToken)
    {
        var first = instances[0];
        var request = new LaunchRequest
        {
            Command = command,
            Name = first.DeployableName,
            Digest = digest,
            Instances = instances.Count(instance => !instance.IsPrototype),
            Deadline = deadline,
        };
        return calls.Run(
            $"registering deployable '{first.Deployable}'",
            () => steps.BeginLaunch(first.Deployable, request),
            answer => answer.Outcome == ConductorOutcome.BeingDeleted,
            cancellationToken);
    }

    /// <summary>
    /// Returns the refused instances in the order of the given instances, or null if the deployable was deleted in the meantime.
    /// </summary>
    private async Task<ImmutableArray<LaunchRefusal>?> Register(
        ConductorKey conductor,
        LaunchKey launch,
        IEnumerable<InstanceConfig> instances,
        bool resumed,
        Action<int>? progress,
        CancellationToken cancellationToken)
    {
        var refusals = new ConcurrentQueue<LaunchRefusal>();
        var (registered, ended) = (0, 0);
        var order = new Lock();
        var bound = new ParallelOptions
        {
            MaxDegreeOfParallelism = Math.Min(maxAtOnce, MaxConcurrentChunks),
            CancellationToken = cancellationToken
        };
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
                registered += answer.Answers.Zip(chunk.Instances)
                    .Count(one => one.First.Outcome == ConductorOutcome.Done && !one.Second.IsPrototype);
                progress?.Invoke(registered);
            }
        });
        return ended != 0 ? null : [.. refusals.OrderBy(refusal => refusal.Index)];
    }

    private static IEnumerable<(int First,
        ImmutableArray<InstanceConfig> Instances)> Numbered(IEnumerable<ImmutableArray<InstanceConfig>> chunks)
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
                return steps.Launch(request);
            },
            null,
            cancellationToken);
    }

    private Task<ConductorAnswer> Seal(LaunchKey launch, CancellationToken cancellationToken) =>
        calls.Run($"registering deployable '{launch.Deployable}'", () => steps.SealLaunch(launch), null, cancellationToken);

    private Task Undo(LaunchKey launch, CancellationToken cancellationToken) => calls.Run(
        $"undoing the refused launch of deployable '{launch.Deployable}'", () => steps.AbandonLaunch(launch), null, cancellationToken);
}
