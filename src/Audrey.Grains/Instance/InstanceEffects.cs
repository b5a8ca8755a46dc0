using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Grains.Rendering;

namespace Audrey.Grains.Instance;

/// <summary>Begins the effects that an instance's machine returns.</summary>
internal sealed class InstanceEffects(InstanceId id, InstanceMachine machine, InstanceAnswers answers, InstanceServices silo)
{
    private readonly Publisher _publisher = new(id, machine, silo);

    /// <summary>Appends to the deployable's event log.</summary>
    public EventLogFeeder Feeder { get; } = new(id, machine, answers, silo);

    /// <summary>Begins effects. Returns immediately.</summary>
    public void Begin(Effects effects)
    {
        if ((effects & Effects.Publish) != 0) _publisher.Begin();
        if ((effects & Effects.Notify) != 0) Notify();
        if ((effects & Effects.Append) != 0) _ = Feeder.Begin();
        else if ((effects & Effects.AppendLater) != 0) Feeder.BeginLater();
    }

    /// <summary>Completes when the dependents have the published snapshot, or after the push's bound while the push continues.</summary>
    public Task WaitForPush() => _publisher.WaitForPush();

    private void Notify()
    {
        var instance = machine.Registered;
        var configuration = instance is null ? null : answers.ConfigurationOf(instance);
        var subscribers = machine.Subscribers.Take(configuration?.Revision, silo.Uptime);
        if (subscribers.Count == 0) return;
        var notice = new RevisionNotice(id, instance?.Definition.Generation ?? 0, configuration?.Answer());
        foreach (var subscriber in subscribers) silo.Notifier.Send((IRevisionSubscriber)subscriber, notice);
    }
}
