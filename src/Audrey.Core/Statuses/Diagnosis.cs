using Audrey.Core.Graphs;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Registration;
using Audrey.Core.Text;

namespace Audrey.Core.Statuses;

/// <summary>What keeps a deployable from completing, from the reports of its instances alone: a sentence for each cause, times in UTC.</summary>
public static class Diagnosis
{
    /// <summary>Guests that were never heard of first, then what failed, what hangs, and who waits for what, the longest wait first.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyCollection<InstanceReport> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        var names = new InstanceNames(reports.Select(report => (report.Id, report.Name)));
        return
        [
            .. reports.Where(report => report.LastContact is null).Select(report => $"{names.Format(report.Id)} was never heard of since it was registered at {UtcTime.Format(report.Registered)}"),
            .. reports.SelectMany(report => Failures(report, names)),
            .. reports.Where(report => report.LastContact is not null).SelectMany(report => Hanging(report, names)),
            .. Waits(reports),
        ];
    }

    private static IEnumerable<string> Waits(IReadOnlyCollection<InstanceReport> reports)
    {
        var known = new Dictionary<InstanceId, InstanceReport>();
        foreach (var report in reports) known[report.Id] = report;
        return from report in reports
               from service in report.Services
               from wait in service.Unresolved
               orderby wait.Since
               select WaitSentence.Of(report, service.Name, wait, known.GetValueOrDefault(wait.Reference.Provider));
    }

    private static IEnumerable<string> Failures(InstanceReport report, InstanceNames names) =>
        from service in report.Services
        where service.Status == CompletionStatus.Error
        let when = service.Ended is { } ended ? $" at {UtcTime.Format(ended)}" : ""
        select $"{names.Format(new ServiceNode(report.Id, service.Name))} failed with exit status '{service.ExitStatus?.Trim()}'{when}";

    private static IEnumerable<string> Hanging(InstanceReport report, InstanceNames names)
    {
        var lastHeard = $"its guest was last heard of at {UtcTime.Format(report.LastContact!.Value)}{(report.Address is { } address ? $" from {address}" : "")}";
        if (!report.PendingProvided.IsEmpty)
            yield return $"{names.Format(report.Id)} has not given {string.Join(", ", report.PendingProvided.Select(name => $"'{name}'"))}: {lastHeard}";
        foreach (var service in report.Services)
        {
            if (service.Status != CompletionStatus.Incomplete || !service.Unresolved.IsEmpty) continue;
            var what = names.Format(new ServiceNode(report.Id, service.Name));
            yield return service.Started is { } started
                ? $"{what} was given its configuration at {UtcTime.Format(started)} and has not ended: {lastHeard}"
                : $"{what} has all values and has not ended: {lastHeard}";
        }
    }
}
