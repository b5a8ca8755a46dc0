using System.Globalization;
using Audrey.Cli.Output;
using Audrey.Core.Completion;
using Audrey.Core.Statuses;
using Spectre.Console;

namespace Audrey.Cli.Watching;

/// <summary>Lays the status of a deployable out on a terminal of limited size.</summary>
internal static class WatchScreen
{
    /// <summary>The maximum number of lines of a failed service's output.</summary>
    private const int MaxOutputLines = 5;

    /// <summary>The number of characters of the progress bar.</summary>
    private const int BarWidth = 16;

    /// <summary>The smallest size that is laid out. A smaller terminal cuts the screen.</summary>
    private const int MinWidth = 20, MinHeight = 6;

    /// <summary>
    /// Returns the lines of the screen: the status, the progress with the times, the counts of instances by state, and as many services as
    /// there is room for. Failed services come first, then incomplete ones.
    /// </summary>
    /// <param name="status">The deployable.</param>
    /// <param name="elapsed">The time since the beginning of the watch.</param>
    /// <param name="age">The time since the status was read.</param>
    /// <param name="width">The width of the terminal in characters.</param>
    /// <param name="height">The height of the terminal in lines.</param>
    public static IReadOnlyList<(string Text, Color Colour)> Lines(
        DeployableStatus status, TimeSpan elapsed, TimeSpan age, int width, int height)
    {
        (width, height) = (Math.Max(width, MinWidth), Math.Max(height, MinHeight));
        var lines = new List<(string Text, Color Colour)>
        {
            ($"{status.Name} ({status.Id}): {StatusText.Word(status)}", StatusPrinter.Colour(status.Status)),
            (Progress(status, elapsed, status.AsOf + age), Color.Default),
            (StatusText.Counts(status), Color.Default),
        };
        // The last line of the terminal belongs to the cursor, and the line before it to the number of services that are left out.
        var room = height - 2;
        var (shown, all) = (0, 0);
        foreach (var block in Blocks(status))
        {
            all++;
            if (shown < all - 1 || lines.Count + block.Count > room) continue;
            lines.AddRange(block);
            shown++;
        }

        var left = all - shown + status.Counts.Instances - status.Instances.Length;
        if (left > 0) lines.Add((Invariant($"and {left:N0} more"), Color.Default));
        return [.. lines.Select(line => (Fit(PrintableText.Line(line.Text), width), line.Colour))];
    }

    /// <summary>
    /// Returns the lines of each service, and of each instance that has no services or lacks something else, in the order of their
    /// importance. Instances that are complete and out of date or silent follow the incomplete ones.
    /// </summary>
    private static IEnumerable<List<(string Text, Color Colour)>> Blocks(DeployableStatus status) =>
        from instance in status.Instances
        from service in PartsOf(instance)
        let state = service?.Status ?? instance.Status
        let isOutOfDate = service is null && IsLate(instance)
        orderby StatusText.Urgency(state), isOutOfDate ? 0 : 1
        select Block(instance, service, state);

    /// <summary>
    /// Returns the services of an instance, after null for the instance itself if all services have ended well and it is incomplete or out
    /// of date nevertheless. Returns only null if it has no services.
    /// </summary>
    private static IEnumerable<ServiceStatus?> PartsOf(InstanceStatus instance)
    {
        var lacksOther = (instance.Status == CompletionStatus.Incomplete || IsLate(instance))
            && instance.Services.All(service => service.Status == CompletionStatus.Success);
        return lacksOther ? [null, .. instance.Services] : instance.Services.DefaultIfEmpty();
    }

    private static bool IsLate(InstanceStatus instance) => instance.OutOfDateSince is not null || instance.SilentSince is not null;

    private static List<(string Text, Color Colour)> Block(InstanceStatus instance, ServiceStatus? service, CompletionStatus state)
    {
        var colour = StatusPrinter.Colour(state);
        var name = instance.Label == instance.Id.Value ? StatusText.Name(instance) : instance.Label;
        if (service is null)
        {
            string?[] all =
            [
                StatusText.Word(instance.Status), StatusText.NotGiven(instance), StatusText.OutOfDate(instance),
                StatusText.Silent(instance),
            ];
            var words = all.OfType<string>();
            return [($"{name}: {string.Join(", ", words)}", colour)];
        }

        var output = state == CompletionStatus.Error ? OutputLines.Of(service.Output, MaxOutputLines) : [];
        return
        [
            ($"{name} {StatusText.Service(service)}", colour),
            .. output.Select(line => ($"  {line}", colour)),
            .. service.Waits.Take(1).Select(wait => ($"  {wait}", colour)),
        ];
    }

    private static string Progress(DeployableStatus status, TimeSpan elapsed, DateTimeOffset now)
    {
        var total = Math.Max(status.Expected ?? 0, status.Counts.Instances);
        var done = total == 0 ? 0 : status.Succeeded * BarWidth / total;
        var bar = new string('#', done) + new string('.', BarWidth - done);
        var deadline = status.Deadline is not { } due ? ""
            : due <= now ? $", deadline passed {Duration(now - due)} ago"
            : $", deadline in {Duration(due - now)}";
        return Invariant($"[{bar}] {status.Succeeded:N0} of {total:N0} complete, {Duration(elapsed)} elapsed{deadline}");
    }

    private static string Duration(TimeSpan time) => time.TotalHours >= 1
        ? Invariant($"{(long)time.TotalHours}h{time.Minutes:00}m")
        : time.TotalMinutes >= 1 ? Invariant($"{time.Minutes}m{time.Seconds:00}s") : Invariant($"{time.Seconds}s");

    private static string Fit(string line, int width) => line.Length <= width ? line : string.Concat(line.AsSpan(0, width - 3), "...");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
