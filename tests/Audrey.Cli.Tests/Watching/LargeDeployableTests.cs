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
        Assert.Contains(lines, line => line.EndsWith(" more that are not complete or out of date", StringComparison.Ordinal));
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
