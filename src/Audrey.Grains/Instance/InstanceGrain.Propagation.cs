using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Grains.Concurrency;
using Audrey.Grains.Sets;
using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Instance;

internal sealed partial class InstanceGrain
{
    private const int PullsAtOnce = 256;
    private Task? _publishing;

    public ValueTask<ProviderSnapshot> GetSnapshot(DeployableId deployable, long incarnation)
    {
        if (_live is not { } live || !Belongs(live, deployable, incarnation)) return ValueTask.FromResult(ProviderSnapshot.Unknown(Id, Version));
        live.PulledBy++;
        return ValueTask.FromResult(live.Snapshot);
    }

    public ValueTask Receive(ProviderSnapshot snapshot)
    {
        Take(snapshot);
        return ValueTask.CompletedTask;
    }

    public void Take(ProviderSnapshot snapshot)
    {
        // A push may arrive late: this instance may have been deleted and registered elsewhere since it was sent.
        if (_live is not { } live || !Belongs(live, snapshot.Deployable, snapshot.Incarnation)) return;
        if (live.Required.Accept(snapshot, time.GetUtcNow())) TellRevisionsLater();
        TellWatchers();
    }

    private static bool Belongs(LiveInstance live, DeployableId deployable, long incarnation) =>
        live.Config.Deployable == deployable && live.Definition.Incarnation == incarnation;

    /// <summary>Whether all providers were pulled since the last death of a silo. Pushes keep it so.</summary>
    private bool IsPulled(LiveInstance live) => !live.Required.HasProviders || live.PulledEpoch == epoch.Current;

    /// <summary>
    /// Takes the snapshots of all providers. What the instance answers after that is no older than what was acknowledged before.
    /// </summary>
    private Task PullAll(LiveInstance live)
    {
        return live.Pulling is { IsCompleted: false } pulling ? pulling : live.Pulling = PullUnderEpoch();

        async Task PullUnderEpoch()
        {
            var under = epoch.Current;
            live.RefreshedAt = time.GetTimestamp();
            live.PulledAt = live.RefreshedAt;
            var services = live.Required.Services;
            await Pull(live, live.Required.Providers);

            // Unless other providers are expected since: they were not asked.
            if (services == live.Required.Services) live.PulledEpoch = under;
        }
    }

    /// <summary>
    /// Takes the snapshots of all providers again in the background, if that was not done for a while: a push may be lost with an
    /// activation
    /// although no silo died.
    /// </summary>
    private void RefreshNowAndThen(LiveInstance live)
    {
        if (live.Required.HasProviders && time.GetElapsedTime(live.RefreshedAt) >= options.Value.RefreshInterval) _ = Quietly(PullAll(live));
    }

    /// <summary>
    /// Takes the snapshots of providers that something is missing of; null, and nothing done, when that was done just now.
    /// </summary>
    private Task? PullMissing(LiveInstance live)
    {
        if (live.PulledAt is { } last && time.GetElapsedTime(last) < options.Value.PullInterval) return null;
        live.PulledAt = time.GetTimestamp();
        return Quietly(Pull(live, live.Required.MissingProviders));
    }

    private async Task Quietly(Task pull)
    {
        try
        {
            await pull;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogPullFailed(logger, Id.Value, exception);
        }
    }

    private async Task Pull(LiveInstance live, IEnumerable<InstanceId> providers)
    {
        var (deployable, incarnation) = (live.Config.Deployable, live.Definition.Incarnation);
        foreach (var some in providers.ToArray().Chunk(PullsAtOnce))
        {
            var snapshots = await Task.WhenAll(some.Select(id => GrainFactory.Reference<IProviderGrain>(GrainKeys.Of(id)).GetSnapshot(deployable, incarnation).AsTask()));
            var now = time.GetUtcNow();
            foreach (var snapshot in snapshots) live.Required.Accept(snapshot, now);
            TellWatchers();
            TellEvents();
        }
    }

    /// <summary>
    /// Pushes what this instance gives, unless this activation has done so; returns when its dependents have it, or after the push's bound
    /// while it goes on.
    /// </summary>
    private async Task Publish()
    {
        if (_live is not { IsPublished: false } live) return;
        if (live.HasNoDependents)
        {
            live.PublishedVersion = live.Snapshot.Version;
            return;
        }

        if (_publishing is not { IsCompleted: false }) _publishing = PublishLatest();
        await _publishing.WaitUpToAsync(options.Value.PushBound, time);
    }

    private async Task PublishLatest()
    {
        // Of whichever registration is served by then: the instance may be registered anew while a push is under way.
        for (var attempt = 1; _live is { IsPublished: false } live;)
        {
            var (snapshot, pulledBy) = (live.Snapshot, live.PulledBy);
            try
            {
                var any = await GrainFactory.Dependents(snapshot.Deployable, snapshot.Incarnation, snapshot.Provider).Publish(snapshot);
                if (!any) live.AloneSince = pulledBy;
                live.PublishedVersion = snapshot.Version;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                LogPushFailed(logger, Id.Value, attempt, exception);
                if (attempt == options.Value.PushAttempts) return;
                await Task.Delay(options.Value.PushRetryDelay * Math.Min(attempt++, 10), time);
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "Instance {Instance}: pulling what is missing failed; the next incomplete poll tries again")]
    private static partial void LogPullFailed(ILogger logger, string instance, Exception exception);

    [LoggerMessage(LogLevel.Warning, "Instance {Instance}: attempt {Attempt} to push what it provides failed")]
    private static partial void LogPushFailed(ILogger logger, string instance, int attempt, Exception exception);
}
