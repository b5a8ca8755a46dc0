using System.Globalization;
using System.Runtime.InteropServices;

namespace Audrey.Agent.Commands;

/// <summary>Stops a run before it is complete, on its deadline or on any signal that would end the process.</summary>
internal sealed class StopSignals : IDisposable
{
    /// <summary>The numbers on Linux: HUP, INT, QUIT, USR1, USR2, ALRM, TERM, VTALRM, PROF, IO, PWR.</summary>
    private static readonly int[] Signals = [1, 2, 3, 10, 12, 14, 15, 26, 27, 29, 30];

    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _stop;
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals(TimeSpan? deadline, TimeProvider time, CancellationToken cancellationToken)
    {
        _deadline = new CancellationTokenSource(deadline ?? Timeout.InfiniteTimeSpan, time);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, cancellationToken);
        var ignored = ReadIgnored();
        _registrations =
        [
            .. Signals
                .Where(signal => ((ignored >> (signal - 1)) & 1) == 0)
                .Select(signal => PosixSignalRegistration.Create((PosixSignal)signal, Cancel)),
        ];
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
        // The signal must not end the process. The run ends by itself, after it has ended the running service and written its status.
        signal.Cancel = true;
        _stop.Cancel();
    }

    /// <summary>Returns the signals that the parent process has set to be ignored, as nohup does. They stay ignored.</summary>
    private static ulong ReadIgnored()
    {
        const string label = "SigIgn:";
        try
        {
            var line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(label, StringComparison.Ordinal));
            return ulong.TryParse(line?[label.Length..], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mask) ? mask : 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
