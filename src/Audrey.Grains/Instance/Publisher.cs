using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Grains.Concurrency;
using Audrey.Grains.Propagation;
using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Instance;

/// <summary>Sends an instance's newest snapshot to the grain that knows its dependents, until that grain has it.</summary>
internal sealed partial class Publisher(InstanceId id, InstanceMachine machine, InstanceServices silo)
{
    private Task _publishing = Task.CompletedTask;

    /// <summary>Begins to publish. A publication under way then continues with the newest snapshot.</summary>
    public void Begin()
    {
        if (_publishing.IsCompleted) _publishing = PublishNewest();
    }

    /// <summary>Completes when the dependents have the published snapshot, or after the push's bound while the push continues.</summary>
    public Task WaitForPush() => _publishing.WaitUpToAsync(silo.Options.PushBound, silo.Time);

    private async Task PublishNewest()
    {
        var retries = silo.Options.Retries.Begin(silo.Time);
        while (machine.NextPublication() is { } publication)
        {
            var snapshot = publication.Snapshot;
            try
            {
                var dependents = silo.Grains.Dependents(snapshot.Deployable, snapshot.Incarnation, snapshot.Provider);
                InstanceMachine.EndPublication(publication, hasDependents: await dependents.Publish(snapshot));
                retries.Reset();
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                LogPublicationFailed(silo.Logger, id.Value, retries.Failures + 1, exception);
                if (!await retries.Wait()) return;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Instance {Instance}: attempt {Attempt} to publish the snapshot failed")]
    private static partial void LogPublicationFailed(ILogger logger, string instance, int attempt, Exception exception);
}
