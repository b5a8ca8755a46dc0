using System.Text.Json.Nodes;
using Audrey.Agent.Facts;
using Audrey.Agent.Timing;

namespace Audrey.Agent.Watching;

/// <summary>Watches all classes of facts at once, and tells the listeners what has changed.</summary>
/// <param name="readers">The readers of the classes.</param>
/// <param name="signs">The signs of the kernel.</param>
/// <param name="listeners">Receive the changes.</param>
/// <param name="timing">The times of the watch.</param>
/// <param name="time">The clock.</param>
/// <param name="pause">Releases memory after a reading.</param>
internal sealed class FactWatch(
    IReadOnlyList<IFactReader> readers,
    IKernelSigns signs,
    IReadOnlyList<IFactListener> listeners,
    WatchTiming timing,
    TimeProvider time,
    IPause pause)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ClassReport> _reports = new(StringComparer.Ordinal);

    /// <summary>Watches until it is cancelled, and then throws. Another exception is a bug, and ends the watch of all classes.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var facts = new MachineFacts(readers, time);
        var watches = readers
            .Select(reader => new ClassWatch(reader, signs, facts, timing, time).RunAsync(Receive, stop.Token))
            .ToArray();
        var ended = await Task.WhenAny(watches);
        await stop.CancelAsync();
        await Task.WhenAll(watches).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ended;
    }

    private void Receive(ClassReport read, DateTimeOffset now)
    {
        lock (_lock)
        {
            var report = ReportLimits.Apply(read);
            var isFirst = !_reports.Remove(report.Class.Name, out var earlier);
            _reports[report.Class.Name] = report;
            string[] changed =
            [
                .. report.Readings.Keys.Union(earlier?.Readings.Keys ?? [])
                    .Where(name => isFirst || !report.Class.IsVolatile(name))
                    .Where(name => !AreEqual(report.Readings.GetValueOrDefault(name), earlier?.Readings.GetValueOrDefault(name)))
                    .Order(StringComparer.Ordinal),
            ];
            if (isFirst || changed.Length > 0 || (report.Readings.Count == 0 && report.Reason != earlier?.Reason))
                foreach (var listener in listeners)
                    listener.Receive(new FactChange(report, now, changed));
        }

        pause.ReleaseMemory();
    }

    /// <summary>The origin of a value does not count: a process that has started again with the same port changes nothing.</summary>
    private static bool AreEqual(Reading? one, Reading? other) =>
        one is not null && other is not null
        && one.IsKnown == other.IsKnown && one.Reason == other.Reason && JsonNode.DeepEquals(one.Value, other.Value);
}
