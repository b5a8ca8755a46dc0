using System.Collections.Concurrent;
using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Registration;
using Audrey.Client.Retrying;
using Audrey.Core.Documents;

namespace Audrey.Client.Registration;

/// <summary>
/// Registers whole deployables: the intent first, then the instances piece by piece, then its seal. Who is stopped on the way goes on by
/// doing the same again; who is refused has nothing left of it.
/// </summary>
internal sealed class Launcher(IGrainFactory grains, Attempts attempts, Registrar registrar, AudreyClientOptions options)
{
    /// <summary>Pieces under way at once: each is worked on by all processors of a server.</summary>
    private const int MostChunksAtOnce = 8;

    /// <summary>Checks and registers all instances of a deployable.</summary>
    public async Task<DeployableRegistration> LaunchAsync(
        IReadOnlyCollection<InstanceConfig> instances, IProgress<RegistrationProgress>? progress, TimeSpan? deadline, CancellationToken cancellationToken)
    {
        foreach (var instance in instances)
        {
            if (instance is null) throw new ArgumentException("One of the instances is null.", nameof(instances));
            Registrar.ThrowIfUnidentified(instance);
        }

        if (deadline <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(deadline), deadline, "A deadline lies ahead: give more than nothing.");
        var check = DeployableCheck.Of(instances, options.Limits);
        if (!check.Problems.IsEmpty) throw new RefusedException("The deployable was not registered, nothing of it was sent", check.Problems);

        var first = instances.First();
        var digest = RegistrationDigest.Of(instances, deadline);
        var begun = await BeginAsync(first, instances.Count, digest, deadline, cancellationToken);
        var registration = new DeployableRegistration
        {
            Deployable = first.Deployable,
            Instances = instances.Count,
            Warnings = check.Warnings,
        };
        if (begun.Sealed)
        {
            progress?.Report(new RegistrationProgress(instances.Count, instances.Count));
            return registration;
        }

        var launch = new LaunchKey(first.Deployable, begun.Incarnation, digest);
        await RegisterAsync(launch, instances, begun.Resumed, progress, cancellationToken);
        await SealAsync(launch, first, cancellationToken);
        return registration;
    }

    private async Task<LaunchAnswer> BeginAsync(
        InstanceConfig first, int instances, string digest, TimeSpan? deadline, CancellationToken cancellationToken)
    {
        var id = first.Deployable;
        var request = new LaunchRequest
        {
            Command = Commands.New(options.Conductor, options.TimeProvider),
            Name = first.DeployableName,
            Digest = digest,
            Instances = instances,
            Deadline = deadline,
        };
        var answer = await attempts.RunAsync(
            $"registering deployable '{id}'",
            _ => grains.GetGrain<IDeployableGrain>(GrainKeys.Of(id)).BeginLaunch(request),
            isPassing: answer => answer.Outcome == ConductorOutcome.BeingDeleted,
            cancellationToken: cancellationToken);
        return answer.Outcome switch
        {
            ConductorOutcome.Done => answer,
            ConductorOutcome.LaunchDiffers => throw Conflict(
                $"Deployable '{id}' is registered already, with other instances or in another way: delete it first, or register instance by instance.",
                ConflictReason.AlreadyRegistered),
            ConductorOutcome.NotYours => throw Conflict($"Deployable '{id}' belongs to another conductor: use another id.", ConflictReason.AnotherConductor),
            ConductorOutcome.BeingDeleted => throw Conflict(
                $"Deployable '{id}' cannot be registered yet: it is being deleted. Try again later.", ConflictReason.BeingDeleted),
            _ => throw new AudreyException($"The cluster refused registering deployable '{id}': it answered {answer.Outcome}"),
        };

        ConflictException Conflict(string message, ConflictReason reason) => new(message, reason, first.Id, id, holder: null);
    }

    private async Task RegisterAsync(
        LaunchKey launch, IReadOnlyCollection<InstanceConfig> instances, bool resumed, IProgress<RegistrationProgress>? progress, CancellationToken cancellationToken)
    {
        var refusals = new ConcurrentQueue<(InstanceConfig Instance, ConductorAnswer Answer)>();
        var registered = 0;
        var order = new Lock();

        async ValueTask RegisterChunk(ImmutableArray<InstanceConfig> chunk, CancellationToken token)
        {
            var answers = await SendAsync(launch, chunk, resumed, token);
            for (var i = 0; i < chunk.Length; i++)
                if (answers[i].Outcome != ConductorOutcome.Done) refusals.Enqueue((chunk[i], answers[i]));
            lock (order)
            {
                registered += answers.Count(answer => answer.Outcome == ConductorOutcome.Done);
                progress?.Report(new RegistrationProgress(registered, instances.Count));
            }
        }

        var bound = new ParallelOptions
        {
            MaxDegreeOfParallelism = Math.Min(options.MaxConcurrency, MostChunksAtOnce),
            CancellationToken = cancellationToken,
        };
        await Parallel.ForEachAsync(Chunks.Of(instances), bound, RegisterChunk);
        if (!refusals.IsEmpty) throw await RollBackAsync(launch, [.. refusals], cancellationToken);
    }

    private async Task<ImmutableArray<ConductorAnswer>> SendAsync(
        LaunchKey launch, ImmutableArray<InstanceConfig> chunk, bool resumed, CancellationToken cancellationToken)
    {
        var mayBeThere = resumed;
        var answer = await attempts.RunAsync(
            $"registering {chunk.Length} instances of deployable '{launch.Deployable}'",
            _ =>
            {
                var request = new LaunchChunk { Conductor = options.Conductor, Launch = launch, Instances = chunk, MayBeThere = mayBeThere };
                mayBeThere = true;
                return grains.GetGrain<IRegistrarGrain>(0).Launch(request);
            },
            cancellationToken: cancellationToken);
        return answer.Outcome == ConductorOutcome.Done ? answer.Answers : throw Ended(launch, chunk[0]);
    }

    private async Task SealAsync(LaunchKey launch, InstanceConfig first, CancellationToken cancellationToken)
    {
        var answer = await attempts.RunAsync(
            $"registering deployable '{launch.Deployable}'",
            _ => grains.GetGrain<IDeployableGrain>(GrainKeys.Of(launch.Deployable)).SealLaunch(launch),
            cancellationToken: cancellationToken);
        if (answer.Outcome != ConductorOutcome.Done) throw Ended(launch, first);
    }

    /// <summary>Takes back what was registered, so that nothing is left of a deployable that was refused; returns the refusal.</summary>
    private async Task<AudreyException> RollBackAsync(
        LaunchKey launch, ImmutableArray<(InstanceConfig Instance, ConductorAnswer Answer)> refusals, CancellationToken cancellationToken)
    {
        var refused = refusals.Where(refusal => refusal.Answer.Outcome == ConductorOutcome.SourcesRefused).ToArray();
        var conflict = refusals.FirstOrDefault(refusal => refusal.Answer.Outcome != ConductorOutcome.SourcesRefused);
        AudreyException refusal = refused.Length > 0
            ? new RefusedException(
                $"Deployable '{launch.Deployable}' was not registered, {refused.Length} of its instances were refused",
                [.. from one in refused from problem in one.Answer.Problems select new RegistrationNote(one.Instance.Id, problem)])
            : await registrar.RefusalAsync(conflict.Instance, conflict.Answer, cancellationToken);
        await attempts.RunAsync(
            $"taking back deployable '{launch.Deployable}', which was refused,",
            _ => grains.GetGrain<IDeployableGrain>(GrainKeys.Of(launch.Deployable)).AbandonLaunch(launch),
            cancellationToken: cancellationToken);
        return refusal;
    }

    private static ConflictException Ended(LaunchKey launch, InstanceConfig instance) => new(
        $"Deployable '{launch.Deployable}' was deleted while it was registered: register it again if it is wanted.",
        ConflictReason.BeingDeleted,
        instance.Id,
        launch.Deployable,
        holder: null);
}
