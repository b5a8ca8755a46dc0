using Audrey.Core.Facts;
using Audrey.Core.Instances;
using Orleans.Runtime;

namespace Audrey.Grains.Instance;

/// <summary>Receives what the agents on the machine of an instance report: facts and heartbeats.</summary>
internal sealed class FactObserver(
    IGrainBase grain, InstanceMachine machine, InstanceRows rows, InstanceEffects effects, InstanceServices silo)
{
    /// <summary>The time after which the timer looks again at the latest, so that a long interval keeps the activation alive.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(5);

    private IGrainTimer? _timer;

    /// <inheritdoc cref="Abstractions.Instances.IGuestGrain.ObserveFacts"/>
    public async Task<FactAnswer> Observe(long? generation, FactReport report)
    {
        if (Refuse(generation) is { } refusal) return refusal;
        FactStep step = default;
        var instance = machine.Registered!;
        if (!await rows.Write((machine, now) => (step = machine.ObserveFacts(instance, report, silo.MaxValueBytes, now)).Ready))
            return new(FactOutcome.OtherGeneration);

        // A repeated report waits as well, because the publication of the first report may have been interrupted.
        await effects.WaitForPush();
        return step.Answer;
    }

    /// <inheritdoc cref="Abstractions.Instances.IGuestGrain.ObserveHeartbeat"/>
    public async Task<FactAnswer> Hear(long? generation, string agent, TimeSpan interval)
    {
        if (Refuse(generation) is { } refusal) return refusal;
        if (FactCommands.ProblemOfAgent(agent) is { } problem) return new(FactOutcome.Refused, [problem]);
        var instance = machine.Registered!;
        var bounded = TimeSpan.FromTicks(Math.Clamp(
            interval.Ticks, FactLimits.MinHeartbeatInterval.Ticks, FactLimits.MaxHeartbeatInterval.Ticks));
        var (wasSilent, isFirst) = FactCommands.Hear(instance, bounded, silo.Uptime);
        if (wasSilent) effects.Begin(machine.Outstanding);
        if (isFirst) await rows.Write((machine, now) => machine.WriteHeartbeat(instance, bounded, now));
        Watch();
        return new(FactOutcome.Recorded);
    }

    /// <summary>
    /// Looks whether the instance has become silent. If an agent has ever sent a heartbeat, begins to wait for the next one.
    /// </summary>
    public void Watch()
    {
        if (machine.Registered is { } instance && FactCommands.CheckSilence(instance, silo.Now, silo.Uptime))
            effects.Begin(machine.Outstanding);
        if (machine.Registered?.Heartbeats.RemainingAt(silo.Uptime) is not { } remaining)
        {
            _timer?.Dispose();
            _timer = null;
        }
        else
        {
            // A heartbeat does not change the timer. When the timer is due, it waits for the rest of the time.
            _timer ??= grain.RegisterGrainTimer(Look, new() { DueTime = Min(remaining), Period = MaxWait, KeepAlive = true });
        }
    }

    private Task Look(CancellationToken cancellation)
    {
        Watch();
        if (machine.Registered?.Heartbeats.RemainingAt(silo.Uptime) is { } remaining) _timer?.Change(Min(remaining), MaxWait);
        return Task.CompletedTask;
    }

    private static TimeSpan Min(TimeSpan remaining) =>
        remaining > MaxWait ? MaxWait : remaining + TimeSpan.FromMilliseconds(1);

    private FactAnswer? Refuse(long? generation) =>
        machine.Registered is not { } instance ? new(FactOutcome.NotRegistered)
        : generation is { } given && given != instance.Definition.Generation ? new(FactOutcome.OtherGeneration)
        : null;
}
