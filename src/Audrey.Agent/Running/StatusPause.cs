using Audrey.Agent.State;
using Audrey.Agent.Timing;

namespace Audrey.Agent.Running;

/// <summary>Waits, and records the end of the wait in the status.</summary>
internal sealed class StatusPause(IPause pause, RunStatusFile status, TimeProvider time) : IPause
{
    public Task WaitAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        status.Update(current => current with
        {
            Phase = current.Phase is RunPhase.Complete or RunPhase.Failed ? current.Phase : RunPhase.Waiting,
            NextAttempt = time.GetUtcNow() + duration,
        });
        return pause.WaitAsync(duration, cancellationToken);
    }

    public void ReleaseMemory() => pause.ReleaseMemory();
}
