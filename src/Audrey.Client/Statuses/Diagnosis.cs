using System.Collections.Immutable;
using System.Globalization;
using Audrey.Client.Registration;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Client.Statuses;

/// <summary>What keeps a deployable from completing, from the reports of its instances alone: a sentence for each cause, times in UTC.</summary>
internal static class Diagnosis
{
    /// <summary>Guests that were never heard of first, then what failed, what hangs, and who waits for what.</summary>
    public static ImmutableArray<string> Of(ImmutableArray<InstanceStatus> instances, ImmutableArray<Wait> waits)
    {
        var reports = instances.Select(instance => instance.Report).ToArray();
        var names = new InstanceNames(reports.Select(report => (report.Id, report.Name)));
        return
        [
            .. reports.Where(report => report.LastContact is null).Select(report => $"{names.Of(report.Id)} was never heard of since it was registered at {Time(report.Registered)}"),
            .. reports.SelectMany(report => Failures(report, names)),
            .. reports.Where(report => report.LastContact is not null).SelectMany(report => Hanging(report, names)),
            .. waits.Select(wait => wait.ToString()),
        ];
    }

    private static IEnumerable<string> Failures(InstanceReport report, InstanceNames names) =>
        from service in report.Services
        where service.Status == CompletionStatus.Error
        let when = service.Ended is { } ended ? $" at {Time(ended)}" : ""
        select $"{names.Of(new ServiceNode(report.Id, service.Name))} failed with exit status '{service.ExitStatus?.Trim()}'{when}";

    private static IEnumerable<string> Hanging(InstanceReport report, InstanceNames names)
    {
        var lastHeard = $"its guest was last heard of at {Time(report.LastContact!.Value)}{(report.Address is { } address ? $" from {address}" : "")}";
        if (!report.PendingProvided.IsEmpty)
            yield return $"{names.Of(report.Id)} has not given {string.Join(", ", report.PendingProvided.Select(name => $"'{name}'"))}: {lastHeard}";
        foreach (var service in report.Services)
        {
            if (service.Status != CompletionStatus.Incomplete || !service.Unresolved.IsEmpty) continue;
            var what = names.Of(new ServiceNode(report.Id, service.Name));
            yield return service.Started is { } started
                ? $"{what} was given its configuration at {Time(started)} and has not ended: {lastHeard}"
                : $"{what} has all values and has not ended: {lastHeard}";
        }
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
