using Audrey.Abstractions;
using Audrey.Abstractions.Events;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Grains.Concurrency;
using Audrey.Grains.Rendering;
using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Instance;

/// <summary>Reads the snapshots of an instance's providers.</summary>
internal sealed partial class Puller(InstanceId id, InstanceMachine machine, InstanceEffects effects, InstanceServices silo)
{
    private const int MaxConcurrentPulls = 256;

    // The most recent pull of all providers, and the registration of that pull.
    private (RegisteredInstance? Instance, Task Task) _pull = (null, Task.CompletedTask);

    /// <summary>Returns whether all providers were pulled since the last death of a silo.</summary>
    public bool IsPulled(RegisteredInstance instance) => InstanceMachine.IsPulled(instance, silo.Epoch);

    /// <summary>
    /// Completes when all providers have been pulled since the last death of a silo. After that, the instance's answers are at least as new
    /// as every value that was acknowledged to a guest before the pull.
    /// </summary>
    public async Task EnsurePulled(RegisteredInstance instance, CancellationToken cancellation = default)
    {
        // If a silo has died in the meantime, the pull is repeated, because a pull that began before the death may miss values.
        while (!IsPulled(instance)) await PullAll(instance).WaitAsync(cancellation);
    }

    /// <inheritdoc cref="IMemberGrain.GetTally"/>
    public async ValueTask<SourcedTally?> GetTally(DeployableId deployable, long incarnation)
    {
        if (machine.Registered is not { } instance || !instance.IsMemberOf(deployable, incarnation)) return null;
        await EnsurePulled(instance);
        return new(id.Value, instance.Reported.Milestones.Last, InstanceTally.Of(instance));
    }

    /// <summary>Pulls all providers in the background if they have not been pulled for a while.</summary>
    public void RefreshIfDue(RegisteredInstance instance)
    {
        if (InstanceMachine.IsRefreshDue(instance, silo.Options.RefreshInterval, silo.Uptime)) _ = LogFailure(PullAll(instance));
    }

    /// <summary>
    /// Pulls the providers of missing values, unless they were pulled very recently. Waits no longer than the push's bound.
    /// </summary>
    public Task PullMissing(RegisteredInstance instance) =>
        InstanceMachine.TryBeginPullOfMissing(instance, silo.Options.PullInterval, silo.Uptime)
            ? LogFailure(Pull(instance, instance.Required.MissingProviders)).WaitUpToAsync(silo.Options.PushBound, silo.Time)
            : Task.CompletedTask;

    /// <summary>
    /// Asks the providers of missing values for the times at which their guests were last heard from, unless these times were read very
    /// recently. Waits no longer than the push's bound.
    /// </summary>
    public Task ReadPresences(RegisteredInstance instance, ConfigurationAnswers configuration)
    {
        return configuration.TryBeginPresences(silo.Options.PullInterval, silo.Uptime)
            ? LogFailure(Read()).WaitUpToAsync(silo.Options.PushBound, silo.Time)
            : Task.CompletedTask;

        async Task Read()
        {
            var (deployable, incarnation) = (instance.Config.Deployable, instance.Definition.Incarnation);
            var providers = instance.Required.MissingProviders.Take(MaxConcurrentPulls).ToArray();
            configuration.Accept(await Task.WhenAll(providers.Select(async provider =>
                (provider, await Provider(provider).GetPresence(deployable, incarnation)))));
        }
    }

    private Task PullAll(RegisteredInstance instance)
    {
        if (ReferenceEquals(_pull.Instance, instance) && !_pull.Task.IsCompleted) return _pull.Task;
        _pull = (instance, PullUnderEpoch());
        return _pull.Task;

        async Task PullUnderEpoch()
        {
            var pull = InstanceMachine.BeginPull(instance, silo.Epoch, silo.Uptime);
            await Pull(instance, instance.Required.Providers);
            InstanceMachine.EndPull(pull);
        }
    }

    private async Task Pull(RegisteredInstance instance, IEnumerable<InstanceId> providers)
    {
        var (deployable, incarnation) = (instance.Config.Deployable, instance.Definition.Incarnation);
        foreach (var chunk in providers.ToArray().Chunk(MaxConcurrentPulls))
        {
            var snapshots = await Task.WhenAll(chunk.Select(provider => Provider(provider).GetSnapshot(deployable, incarnation).AsTask()));
            effects.Begin(machine.Accept(instance, snapshots, silo.Now));
        }
    }

    private IProviderGrain Provider(InstanceId provider) => silo.Grains.Reference<IProviderGrain>(GrainKeys.Of(provider));

    private async Task LogFailure(Task read)
    {
        try
        {
            await read;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogPullFailed(silo.Logger, id.Value, exception);
        }
    }

    [LoggerMessage(LogLevel.Debug, "Instance {Instance}: reading from the providers failed. The next poll tries again")]
    private static partial void LogPullFailed(ILogger logger, string instance, Exception exception);
}
