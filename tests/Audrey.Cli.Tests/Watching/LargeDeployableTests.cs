using Audrey.Cli.Output;
using Audrey.Cli.Watching;
using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;

namespace Audrey.Cli.Tests.Watching;

/// <summary>A deployable with 2,001 instances, of which one has failed, fits on a screen.</summary>
public sealed class LargeDeployableTests
{
    private static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly DeployableSummary Summary = new()
    {
        Id = DeployableId.Parse("farm-1"),
        Name = "farm",
        Registered = Time,
        AsOf = Time.AddMinutes(1),
        Incarnation = 1,
        IsBeingDeleted = false,
        Launch = new() { Instances = 2001, Begun = Time, Sealed = Time, Deadline = Time.AddMinutes(10) },
    };

    private static readonly DeployableStatus Status =
        Summary.ToStatus([.. Enumerable.Range(0, 2000).Select(Web), Instance("proxy", "proxy", contact: null, Waiting(1999))]);

    [Fact]
    public void The_status_has_the_counts_the_failed_instances_and_the_longest_waits_in_few_lines()
    {
        var lines = Printed(terminal => new StatusOverview(terminal, Status).Print());

        Assert.InRange(lines.Length, 10, 60);
        Assert.Equal("farm (farm-1): failed, 998 of 2001 instances configured", lines[0]);
        Assert.Equal("  1 failed, 1,001 not heard from yet, 1 incomplete otherwise, 998 complete", lines[1]);
        Assert.StartsWith("  web-7 (uuid-7): failed", lines[2], StringComparison.Ordinal);
        Assert.Contains("      | why it failed", lines);
        Assert.Contains(lines, line => line.StartsWith("  proxy[http].peer waits for 'ip' of web-1999", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith(" more that are not complete, out of date or silent", StringComparison.Ordinal));
        Assert.Equal("  see: audrey status farm-1 --all, or --state failed, --assembly NAME, --instance NAME", lines[^1]);
        Assert.True(StatusOverview.IsLarge(Status));
        Assert.False(StatusOverview.IsLarge(Summary.ToStatus([.. Enumerable.Range(0, 20).Select(Web)])));
    }

    [Theory]
    [InlineData(80, 24), InlineData(40, 10), InlineData(200, 60), InlineData(0, 0)]
    public void The_watch_fits_the_terminal(int width, int height)
    {
        var lines = WatchScreen.Lines(Status, TimeSpan.FromSeconds(75), TimeSpan.FromSeconds(30), width, height);

        Assert.InRange(lines.Count, 3, Math.Max(height, 6) - 1);
        Assert.All(lines, line => Assert.InRange(line.Text.Length, 1, Math.Max(width, 20)));
        Assert.StartsWith("and ", lines[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_watch_shows_the_progress_the_times_and_the_failed_services_first()
    {
        var lines = WatchScreen.Lines(Status, TimeSpan.FromSeconds(75), TimeSpan.FromSeconds(30), 120, 24)
            .Select(line => line.Text).ToArray();

        Assert.Equal("farm (farm-1): failed", lines[0]);
        Assert.Equal("[#######.........] 998 of 2,001 complete, 1m15s elapsed, deadline in 8m30s", lines[1]);
        Assert.Equal("1 failed, 1,001 not heard from yet, 1 incomplete otherwise, 998 complete", lines[2]);
        Assert.Equal(["web-7 http: failed with exit status 3", "  | why it failed"], lines[3..5]);
        Assert.StartsWith("web-8 http: ", lines[5], StringComparison.Ordinal);
        Assert.Equal("and 1,983 more", lines[^1]);
    }

    [Fact]
    public void A_small_deployable_is_shown_whole()
    {
        var small = Summary.ToStatus([Web(0), Web(1)]);
        var lines = WatchScreen.Lines(small with { Deadline = Time }, TimeSpan.FromHours(2), TimeSpan.Zero, 120, 24)
            .Select(line => line.Text).ToArray();

        Assert.Equal(["web-0 http: configured", "web-1 http: configured"], lines[3..]);
        Assert.EndsWith("2h00m elapsed, deadline passed 1m00s ago", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_watch_names_an_instance_that_is_only_out_of_date_or_has_not_given_a_value()
    {
        var late = Web(0) with { OutOfDateSince = Time };
        DeployableStatus status = Summary.ToStatus(
            [late, late with { Id = InstanceId.Parse("stays"), Label = "web-9", Stays = true }, Web(1) with { NotYetProvided = ["ip"] }]);

        var lines = WatchScreen.Lines(status, TimeSpan.Zero, TimeSpan.Zero, 120, 24).Select(line => line.Text).ToArray();

        Assert.Equal(
            [
                "web-9: incomplete, out of date since 2026-03-01 12:00:00Z",
                "web-1: incomplete, has not given yet: ip",
                "web-0: complete, out of date since 2026-03-01 12:00:00Z",
                "web-0 http: configured",
                "web-9 http: configured",
                "web-1 http: configured",
            ],
            lines[3..]);
    }

    [Fact]
    public void The_status_of_one_instance_with_many_failed_services_has_few_lines_and_counts_those_that_are_left_out()
    {
        var instance = Web(1) with
        {
            Services =
            [
                .. Enumerable.Range(0, 300).Select(i => Web(1).Services[0] with { Name = $"done-{i}" }),
                .. Enumerable.Range(0, 300).Select(i => Web(7).Services[0] with { Name = $"s-{i}" }),
            ],
        };
        var status = Summary.ToStatus([instance]);

        var lines = Printed(terminal => new StatusOverview(terminal, status).Print());

        Assert.True(StatusOverview.IsLarge(status));
        Assert.InRange(lines.Length, 40, 60);
        Assert.Equal(["    s-0: failed with exit status 3", "      | why it failed", "    s-1: failed with exit status 3"], lines[3..6]);
        var shown = lines.Count(line => line.StartsWith("    s-", StringComparison.Ordinal));
        Assert.Contains($"    and {600 - shown} more services; see: audrey describe uuid-1", lines);
        Assert.Equal(1 + 600 + 300, Printed(terminal => StatusPrinter.PrintInstance(terminal, instance)).Length);
    }

    [Fact]
    public void The_watch_without_a_terminal_begins_with_a_summary_of_a_large_deployable_and_then_writes_each_change()
    {
        var done = Web(8) with { Services = [Web(9).Services[0]] };
        var later = Status with { Instances = [.. Status.Instances.Select(one => one.Id == done.Id ? done : one)] };

        var lines = Printed(terminal =>
        {
            var watch = new WatchLines(terminal);
            watch.Print(Status, Status.Instances);
            watch.Print(Status, Status.Instances);
            watch.Print(later, later.Instances);
        });

        Assert.Equal(Printed(terminal => new StatusOverview(terminal, Status).Print()), lines[..^2]);
        Assert.EndsWith("Z web-8 (uuid-8) http: configured", lines[^2], StringComparison.Ordinal);
        Assert.EndsWith("Z web-8 (uuid-8) is complete", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_watch_without_a_terminal_writes_a_summary_when_the_deployable_grows_large()
    {
        var small = Summary.ToStatus([.. Enumerable.Range(0, 20).Select(Web)]);

        var lines = Printed(terminal =>
        {
            var watch = new WatchLines(terminal);
            watch.Print(small, small.Instances);
            terminal.Line("grown");
            watch.Print(Status, Status.Instances);
            watch.Print(Status, []);
        });

        var grown = Array.IndexOf(lines, "grown");
        Assert.True(grown > 20);
        Assert.Equal(Printed(terminal => new StatusOverview(terminal, Status).Print()), lines[(grown + 1)..]);
    }

    [Fact]
    public void The_watch_of_an_overview_writes_the_counts_when_too_many_instances_change_at_once()
    {
        var (before, after) = (Overview(new() { Instances = 2001, Complete = 1, NeverHeardFrom = 2000, Important = 2000 }),
            Overview(new() { Instances = 2001, Complete = 1001, NeverHeardFrom = 1000, Important = 1000 }));

        var lines = Printed(terminal =>
        {
            var watch = new WatchLines(terminal);
            watch.Print(before, []);
            terminal.Line("changed");
            watch.Print(after, null);
            watch.Print(after, null);
            watch.Print(after, [Web(8)]);
        });

        var changed = Array.IndexOf(lines, "changed");
        Assert.EndsWith(
            "Z 0 failed, 1,000 not heard from yet, 0 incomplete otherwise, 1,001 complete", lines[changed + 1], StringComparison.Ordinal);
        Assert.Contains("web-8 (uuid-8)", lines[changed + 2], StringComparison.Ordinal);
    }

    [Fact]
    public void An_overview_shows_what_the_summary_counts()
    {
        var overview = Overview(new()
        {
            Instances = 100_000,
            Complete = 99_000,
            Failed = 1,
            Incomplete = 99,
            NeverHeardFrom = 900,
            Waiting = 50,
            Important = 1000,
        });

        var lines = Printed(terminal => new StatusOverview(terminal, overview).Print());

        Assert.Equal("farm (farm-1): failed, 99000 of 100000 instances configured", lines[0]);
        Assert.Equal("  1 failed, 900 not heard from yet, 99 incomplete otherwise, 99,000 complete", lines[1]);
        Assert.StartsWith("  web-7 (uuid-7): failed", lines[2], StringComparison.Ordinal);
        Assert.Contains("  and 998 more that are not complete, out of date or silent", lines);
        Assert.Contains("  and 49 more that wait for values", lines);
        Assert.True(StatusOverview.IsLarge(overview));
        var screen = WatchScreen.Lines(overview, TimeSpan.Zero, TimeSpan.Zero, 120, 24).Select(line => line.Text).ToArray();
        Assert.StartsWith("[###############.] 99,000 of 100,000 complete", screen[1], StringComparison.Ordinal);
        Assert.Equal("and 99,998 more", screen[^1]);
    }

    private static DeployableStatus Overview(InstanceCounts counts) => (Summary with
    {
        Counts = counts,
        Status = counts.Failed > 0 ? CompletionStatus.Error : CompletionStatus.Incomplete,
        Important = [Web(7), Instance("proxy", "proxy", Time, Waiting(1999))],
    }).ToOverview();

    [Fact]
    public void The_watch_without_a_terminal_writes_the_state_of_each_instance_of_a_small_deployable() => Assert.Contains(
        Printed(terminal => new WatchLines(terminal).Print(Summary.ToStatus([Web(0), Web(1)]), [Web(0), Web(1)])),
        line => line.EndsWith("Z web-1 (uuid-1) is complete", StringComparison.Ordinal));

    /// <summary>Creates a member. Those from 1,000 were not heard from, 7 has failed, and 8 has not ended its service.</summary>
    private static InstanceStatus Web(int ordinal) => Instance(
        $"web-{ordinal}",
        "web",
        ordinal < 1000 ? Time : null,
        new ServiceStatus
        {
            Name = "http",
            Status = ordinal == 7 ? CompletionStatus.Error
                : ordinal is 8 or >= 1000 ? CompletionStatus.Incomplete
                : CompletionStatus.Success,
            ExitStatus = ordinal == 7 ? "3" : null,
            Output = ordinal == 7 ? "why it failed\n" : null,
            Waits = [],
        },
        $"uuid-{ordinal}");

    private static InstanceStatus Instance(
        string label, string assembly, DateTimeOffset? contact, ServiceStatus service, string? id = null) => new()
        {
            Id = InstanceId.Parse(id ?? label),
            Label = label,
            Assembly = assembly,
            Deployable = Summary.Id,
            Generation = 1,
            Registered = Time,
            FirstContact = contact,
            LastContact = contact,
            Facts = new Dictionary<string, string>(),
            NotYetProvided = [],
            Services = [service],
        };

    private static ServiceStatus Waiting(int provider) => new()
    {
        Name = "http",
        Status = CompletionStatus.Incomplete,
        Waits =
        [
            new()
            {
                Instance = InstanceId.Parse("proxy"),
                Label = "proxy",
                Assembly = "proxy",
                Service = "http",
                Parameter = "peer",
                Reason = WaitReason.NotGivenYet,
                Detail = "",
                Since = Time,
                Kind = ReferenceKind.ProvidedParameter,
                Name = "ip",
                Provider = new()
                {
                    Id = InstanceId.Parse($"uuid-{provider}"),
                    IsRegistered = true,
                    Label = $"web-{provider}",
                    Assembly = "web",
                },
            },
        ],
    };

    private static string[] Printed(Action<Terminal> print)
    {
        using var output = new StringWriter { NewLine = "\n" };
        print(new Terminal(output, TextWriter.Null, interactive: false, colours: false, _ => null));
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
