using Audrey.Client;
using Spectre.Console;

namespace Audrey.Cli.Output;

/// <summary>Shows progress as a bar.</summary>
internal sealed class ProgressBar(ProgressTask task) : IProgress<RegistrationProgress>
{
    private int _max;

    // Instances are registered concurrently, so reports may arrive out of order.
    public void Report(RegistrationProgress value)
    {
        for (var max = _max; value.Registered > max; max = _max)
        {
            if (Interlocked.CompareExchange(ref _max, value.Registered, max) != max) continue;
            task.Value = value.Registered;
            return;
        }
    }
}

/// <summary>Writes progress as lines. There is one line for each tenth of the instances.</summary>
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
