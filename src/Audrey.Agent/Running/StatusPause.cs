using Audrey.Agent.State;

namespace Audrey.Agent.Running;

/// <summary>Waits, and says in the status until when.</summary>
internal sealed class StatusPause(IPause pause, StatusFile status, TimeProvider time) : IPause
{
    public Task WaitAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        status.Change(current => current with
        {
            Phase = current.Phase is Phase.Complete or Phase.Failed ? current.Phase : Phase.Waiting,
            NextAttempt = time.GetUtcNow() + duration,
        });
        return pause.WaitAsync(duration, cancellationToken);
    }

    public void Rest() => pause.Rest();
}
