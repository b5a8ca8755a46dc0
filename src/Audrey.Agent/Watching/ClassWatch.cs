using Audrey.Agent.Facts;
using Audrey.Agent.Timing;

namespace Audrey.Agent.Watching;

/// <summary>Watches one class: reads it at each sign of a change, and at its interval so that nothing stays unseen for ever.</summary>
/// <param name="reader">The reader of the class.</param>
/// <param name="signs">The signs of the kernel.</param>
/// <param name="facts">Reads the class within its limits.</param>
/// <param name="timing">The times of the watch.</param>
/// <param name="time">The clock.</param>
internal sealed class ClassWatch(IFactReader reader, IKernelSigns signs, MachineFacts facts, WatchTiming timing, TimeProvider time)
{
    private readonly SignInbox _inbox = new(time);
    private string? _glance;

    /// <summary>Reads the class again and again. Calls <paramref name="receive"/> after each reading.</summary>
    public async Task RunAsync(Action<ClassReport, DateTimeOffset> receive, CancellationToken cancellationToken)
    {
        while (true)
        {
            // The signs are followed before the reading, so that a change during the reading is a sign as well.
            Follow();
            _glance = reader.Glance();
            var (start, now) = (time.GetTimestamp(), time.GetUtcNow());
            receive((await facts.ReadAsync(reader.Class.Name, cancellationToken)).Single(), now);
            var end = time.GetTimestamp();

            // A file that has appeared since the signs were followed may have been read too early.
            if (!Follow()) await WaitAsync(Backoff.Jitter(reader.Interval, Random.Shared), cancellationToken);
            await SettleAsync(cancellationToken);
            var rest = time.GetElapsedTime(start, end) * timing.Rest - time.GetElapsedTime(end);
            if (rest > TimeSpan.Zero) await Task.Delay(rest, time, cancellationToken);
        }
    }

    /// <summary>Follows the newest signs. Returns whether there are new ones.</summary>
    private bool Follow()
    {
        try
        {
            return signs.Follow(_inbox, reader.FindSigns());
        }
        catch (Exception failure) when (failure is FactException or IOException or UnauthorizedAccessException)
        {
            // The signs stay as they are. The reading has the reason.
            return false;
        }
    }

    /// <summary>Waits until the class should be read: for a sign of a change, a glance that differs, or the end of the interval.</summary>
    private async Task WaitAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var step = timing.MaxGlance;
        var glance = _glance is null ? interval : step;
        for (var now = TimeSpan.Zero; now < interval; now = time.GetElapsedTime(start))
        {
            if (now >= glance)
            {
                if (Follow() || reader.Glance() != _glance) return;
                step = step * 2 < timing.MaxGlance ? step * 2 : timing.MaxGlance;
                glance = _glance is null && step == timing.MaxGlance ? interval : now + step;
            }

            var signs = await _inbox.TakeAsync((glance < interval ? glance : interval) - now, cancellationToken);
            if (signs.HasFlag(Sign.Change)) return;
            if (signs != Sign.Glance || step < timing.HurriedGlance) continue;
            step = timing.FirstGlance;
            glance = time.GetElapsedTime(start) + step;
        }
    }

    /// <summary>Waits until the signs have stopped, but not longer than the maximum delay.</summary>
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (await _inbox.TakeAsync(timing.Quiet, cancellationToken) != Sign.None)
            if (time.GetElapsedTime(start) >= timing.MaxDelay) return;
    }
}
