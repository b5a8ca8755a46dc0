using Audrey.Client;
using Spectre.Console;

namespace Audrey.Cli.Output;

/// <summary>Shows progress as a bar.</summary>
internal sealed class ProgressBar(ProgressTask task) : IProgress<RegistrationProgress>
{
    private int _most;

    // Instances are registered concurrently, so reports may arrive out of order.
    public void Report(RegistrationProgress value)
    {
        for (var most = _most; value.Registered > most; most = _most)
        {
            if (Interlocked.CompareExchange(ref _most, value.Registered, most) != most) continue;
            task.Value = value.Registered;
            return;
        }
    }
}

/// <summary>Writes progress as lines, one for each tenth.</summary>
internal sealed class ProgressLines(TextWriter output) : IProgress<RegistrationProgress>
{
    private readonly Lock _lock = new();
    private int _tenths;

    public void Report(RegistrationProgress value)
    {
        lock (_lock)
        {
            var tenths = (int)(value.Registered * 10L / Math.Max(1, value.Total));
            if (tenths <= _tenths) return;
            _tenths = tenths;
            output.WriteLine($"registered {value.Registered} of {value.Total}");
        }
    }
}
