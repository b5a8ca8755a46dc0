using Audrey.Abstractions;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Events;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Audrey.Grains.Events;

internal sealed partial class EventsGrain
{
    /// <summary>How long the log stays in memory beyond a deadline, and after which it judges again when it could not.</summary>
    private static readonly TimeSpan DeadlineRetry = TimeSpan.FromMinutes(1);

    /// <summary>What timers are exact to.</summary>
    private static readonly TimeSpan TimerGrain = TimeSpan.FromMilliseconds(20);

    /// <summary>The longest that a timer waits.</summary>
    private static readonly TimeSpan MaxTimer = TimeSpan.FromDays(30);

    private IGrainTimer? _deadlineTimer;
    private bool _judged;

    /// <summary>
    /// Has it looked, once the deadline has passed, whether the deployable was complete in time. A log that is not in memory then looks when
    /// it next is.
    /// </summary>
    private void WatchDeadline()
    {
        _deadlineTimer?.Dispose();
        _deadlineTimer = null;
        if (_head.Deadline is not { } deadline || _judged || HasEnded) return;
        var left = deadline - _time.GetUtcNow();
        if (left > MaxTimer) return;
        if (left < TimeSpan.Zero) left = TimeSpan.Zero;
        DelayDeactivation(left + DeadlineRetry);
        _deadlineTimer = this.RegisterGrainTimer(JudgeDeadline, new GrainTimerCreationOptions { DueTime = left, Period = DeadlineRetry, Interleave = true });
    }

    private async Task JudgeDeadline(CancellationToken cancellation)
    {
        try
        {
            if (_broken || _judged || HasEnded || _head.Deadline is not { } deadline) return;

            // Timers may be a little early.
            if (deadline - _time.GetUtcNow() is var left && left > TimeSpan.Zero)
            {
                _deadlineTimer?.Change(left + TimerGrain, DeadlineRetry);
                return;
            }

            var incarnation = _head.Incarnation;
            var late = await CountLate(deadline);
            if (_broken || _judged || HasEnded || _head.Incarnation != incarnation) return;
            _judged = true;
            if (late > 0) Add(new(null, null, new EventNote { Kind = EventKind.DeadlineMissed, At = deadline, Count = late }));
            await _write.Flush();
            _deadlineTimer?.Dispose();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogNotJudged(_logger, Id.Value, exception);
        }
    }

    /// <summary>How many instances were not complete by then, those that were to be launched and are not there included.</summary>
    private async Task<int> CountLate(DateTimeOffset deadline)
    {
        var deployable = GrainFactory.GetGrain<IDeployableGrain>(GrainKeys.Of(Id));
        if (await deployable.GetHeader() is not { Launch: { } launch } header || header.Incarnation != _head.Incarnation) return 0;
        var (there, late) = (0, 0);
        for (var page = 0; page < header.Pages; page++)
        {
            var reports = await deployable.GetReports(page);
            there += reports.Length;
            late += reports.Count(report => !(report.Completed <= deadline));
        }

        return launch.Sealed is null ? late + Math.Max(0, launch.Instances - there) : late;
    }

    [LoggerMessage(LogLevel.Warning, "Whether deployable {Deployable} was complete by its deadline could not be found out; that will be tried again")]
    private static partial void LogNotJudged(ILogger logger, string deployable, Exception exception);
}
