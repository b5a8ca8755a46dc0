using System.Globalization;
using Audrey.Abstractions;
using Audrey.Abstractions.Events;
using Audrey.Core.Completion;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Audrey.Grains.Tests.Cluster;

namespace Audrey.Grains.Tests.Events;

/// <summary>Reads the counts of a deployable, and compares them with what every instance says of itself.</summary>
internal sealed class CountsReader(IGrainFactory grains, Deployment deployment)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public IEventsGrain Grain => grains.GetGrain<IEventsGrain>(GrainKeys.Of(deployment.Id));

    /// <summary>Returns the counts.</summary>
    public async Task<CountedInstances> Read()
    {
        var counted = new CountedInstances();
        await TryAgain.Until(async () =>
            counted = await Grain.Summarize((await deployment.Grain.GetHeader())?.Incarnation ?? 0, launched: 0));
        return counted;
    }

    /// <summary>Returns the counts as soon as they are as expected.</summary>
    public async Task<CountedInstances> Until(Func<CountedInstances, bool> expected)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            var counted = await Read();
            if (expected(counted)) return counted;
            if (deadline.IsCancellationRequested) Assert.Fail($"counted {TextOf(counted)}");
            await Task.Yield();
        }
    }

    /// <summary>
    /// Compares the counts with the reports of all instances until they agree. Returns the difference if they do not agree in time.
    /// </summary>
    public async Task<string?> Compare()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            var reports = await Reports();
            var counted = await Read();
            var (expected, actual) = (TextOf(await Expected(reports)), TextOf(counted));
            var missing = Important(reports).Except(counted.Important.Select(id => id.Value)).ToArray();
            if (expected == actual && missing.Length == 0) return null;
            if (deadline.IsCancellationRequested)
                return $"counted\n{actual}\ninstead of\n{expected}\nand left out {string.Join(' ', missing)}";
            await Task.Yield();
        }
    }

    public static string TextOf(CountedInstances counted) => string.Create(
        CultureInfo.InvariantCulture,
        $"all: {TextOf(counted.Counts)}\n"
            + $"{string.Concat(counted.Assemblies.Select(one => $"{one.Assembly}: {TextOf(one.Counts)}\n"))}"
            + $"deadline {counted.Deadline:O}, launch {counted.IsLaunchUnfinished}, recounting {counted.IsRecounting}");

    private static string TextOf(InstanceCounts counts) => string.Create(
        CultureInfo.InvariantCulture,
        $"{counts.Instances} = {counts.Complete} complete + {counts.Incomplete} incomplete + {counts.Failed} failed "
            + $"+ {counts.NeverHeardFrom} never heard from; {counts.OutOfDate} out of date, {counts.Waiting} wait, "
            + $"{counts.Important} important");

    private async Task<List<InstanceReport>> Reports()
    {
        var reports = new List<InstanceReport>();
        var pages = (await deployment.Grain.GetHeader())?.Pages ?? 0;
        for (var page = 0; page < pages; page++) reports.AddRange(await deployment.Grain.GetReports(page));
        return reports;
    }

    private async Task<CountedInstances> Expected(List<InstanceReport> reports)
    {
        var header = await deployment.Grain.GetHeader();
        var unfinished = reports.Where(report => report.Obstacles.Any(obstacle => obstacle.IsOfDeadline)).ToList();
        return new()
        {
            Counts = Count(reports),
            Assemblies =
            [
                .. reports.GroupBy(report => report.Name).OrderBy(group => group.Key, StringComparer.Ordinal)
                    .Select(group => new AssemblyCounts(group.Key, Count([.. group]))),
            ],
            Deadline = unfinished.Min(report => report.Deadline),
            IsLaunchUnfinished = unfinished.Any(report => report.Deadline is null && !report.IsAfterLaunch),
        };

        InstanceCounts Count(List<InstanceReport> of)
        {
            // The status that a conductor sees decides.
            var statuses = of.Select(report => report.ToStatus(new Dictionary<InstanceId, InstanceReport>(), header)).ToList();
            var silent = statuses.Count(one => one.Status == CompletionStatus.Incomplete && one.FirstContact is null);
            return new()
            {
                Instances = statuses.Count,
                Complete = statuses.Count(one => one.Status == CompletionStatus.Success),
                Failed = statuses.Count(one => one.Status == CompletionStatus.Error),
                NeverHeardFrom = silent,
                Incomplete = statuses.Count(one => one.Status == CompletionStatus.Incomplete) - silent,
                OutOfDate = statuses.Count(one => one.OutOfDateSince is not null),
                Waiting = statuses.Count(one => one.FirstContact is not null && one.Waits.Length > 0),
                Important = statuses.Count(one => one.Status != CompletionStatus.Success || one.OutOfDateSince is not null),
            };
        }
    }

    /// <summary>Returns the instances with the oldest waits, and all that have failed if they are few.</summary>
    private static IEnumerable<string> Important(List<InstanceReport> reports)
    {
        var waiting = reports.Where(report => report.FirstContact is not null)
            .Select(report => (report.Id, Since: SinceOf(report)))
            .Where(wait => wait.Since is not null)
            .ToList();
        var failed = reports.Where(report => CompletionRules.StatusOf(report.Obstacles) == CompletionStatus.Error).ToList();
        var last = waiting.Select(wait => wait.Since).Order().Take(CountedInstances.MaxImportant).LastOrDefault();
        IEnumerable<InstanceId> oldest = waiting.Count <= CountedInstances.MaxImportant
            ? waiting.Select(wait => wait.Id)
            : waiting.Where(wait => wait.Since < last).Select(wait => wait.Id);
        IEnumerable<InstanceId> few = failed.Count <= CountedInstances.MaxImportant ? failed.Select(report => report.Id) : [];
        return oldest.Concat(few).Select(id => id.Value);

        static DateTimeOffset? SinceOf(InstanceReport report) =>
            report.Services.SelectMany(service => service.Unresolved).Min(wait => (DateTimeOffset?)wait.Since);
    }
}
