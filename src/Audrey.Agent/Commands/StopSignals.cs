using System.Runtime.InteropServices;

namespace Audrey.Agent.Commands;

/// <summary>Stops a run early: at its deadline, or on any signal that would end the process.</summary>
internal sealed class StopSignals : IDisposable
{
    /// <summary>
    /// The numbers of the signals on Linux: HUP, INT, QUIT, USR1, USR2, ALRM, TERM, STKFLT, XCPU, XFSZ, VTALRM, PROF, IO, PWR, and the
    /// real-time signals except the first, which the runtime uses itself.
    /// </summary>
    private static readonly int[] Signals = [1, 2, 3, 10, 12, 14, 15, 16, 24, 25, 26, 27, 29, 30, .. Enumerable.Range(35, 30)];

    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _stop;
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals(TimeSpan? deadline, TimeProvider time, CancellationToken cancellationToken)
    {
        _deadline = new CancellationTokenSource(deadline ?? Timeout.InfiniteTimeSpan, time);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, cancellationToken);
        _registrations = [.. Signals.Select(signal => PosixSignalRegistration.Create((PosixSignal)signal, Cancel))];
    }

    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stop.Dispose();
        _deadline.Dispose();
    }

    private void Cancel(PosixSignalContext signal)
    {
        // The signal must not end the process. The run first ends the running service and writes its status, and then exits.
        signal.Cancel = true;
        _stop.Cancel();
    }
}
