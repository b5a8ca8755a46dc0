using System.Runtime.InteropServices;

namespace Audrey.Agent.Commands;

/// <summary>What stops a run before it is complete: SIGTERM, SIGINT, its deadline.</summary>
internal sealed class Stop : IDisposable
{
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _stop;
    private readonly PosixSignalRegistration[] _signals;

    private Stop(TimeSpan? deadline, TimeProvider time, CancellationToken cancellationToken)
    {
        _deadline = new CancellationTokenSource(deadline ?? Timeout.InfiniteTimeSpan, time);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, cancellationToken);
        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel), PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel)];
    }

    public CancellationToken Token => _stop.Token;

    public static Stop On(TimeSpan? deadline, TimeProvider time, CancellationToken cancellationToken) => new(deadline, time, cancellationToken);

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _stop.Dispose();
        _deadline.Dispose();
    }

    private void Cancel(PosixSignalContext signal)
    {
        // The run ends by itself: it ends a service under way and writes its status first.
        signal.Cancel = true;
        _stop.Cancel();
    }
}
