using Audrey.Abstractions;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Events;

namespace Audrey.Grains.Events;

internal sealed partial class EventsGrain
{
    private bool _judged;

    public async Task JudgeDeadline(long incarnation)
    {
        ThrowIfBroken();
        if (incarnation > _head.Incarnation) await Adopt();
        if (!IsToBeJudged(incarnation)) return;
        var late = await CountLate(_head.Deadline!.Value);
        ThrowIfBroken();
        if (!IsToBeJudged(incarnation)) return;
        _judged = true;
        if (late > 0) Add(new(null, null, new EventNote { Kind = EventKind.DeadlineMissed, At = _head.Deadline!.Value, Count = late }));
        await _write.Flush();
    }

    private bool IsToBeJudged(long incarnation) => incarnation == _head.Incarnation && _head.Deadline is not null && !_judged && !HasEnded;

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
}
