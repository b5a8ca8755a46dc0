using System.Text.Json;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Watching;
using Audrey.Core.Completion;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;
using Audrey.Protocol.Version3;

namespace Audrey.Cli.Tests.Commands;

/// <summary>The reason why a script failed is the first thing that a person looks for.</summary>
public sealed class StatusPrinterTests
{
    private static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly ServiceRunSummary Failed = new()
    {
        Run = 1,
        Started = Time,
        Ended = Time.AddSeconds(5),
        ExitStatus = "7",
        Duration = TimeSpan.FromSeconds(4.5),
        Output = "said\nERROR \u001b[2J why\n",
    };

    private static readonly ServiceStatus Service = new()
    {
        Name = "http",
        Status = CompletionStatus.Error,
        Started = Failed.Started,
        Ended = Failed.Ended,
        ExitStatus = "7",
        Output = Failed.Output,
        Runs = [Failed, new() { Run = 2, Started = Time.AddSeconds(60) }],
        Waits = [],
    };

    private static readonly DeployableStatus Status = new()
    {
        Id = DeployableId.Parse("shop"),
        Name = "shop",
        Status = CompletionStatus.Error,
        Registered = Time,
        AsOf = Time,
        IsLaunching = false,
        IsBeingDeleted = false,
        IsTimedOut = false,
        Diagnosis = [],
        Deadlocks = [],
        Instances =
        [
            new()
            {
                Id = InstanceId.Parse("web-1"),
                Assembly = "web",
                Deployable = DeployableId.Parse("shop"),
                Generation = 1,
                Registered = Time,
                FirstContact = Time,
                LastContact = Time,
                Facts = new Dictionary<string, string>(),
                NotYetProvided = [],
                Services = [Service, new() { Name = "quiet", Status = CompletionStatus.Success, Output = "fine\n", Waits = [] }],
            },
        ],
    };

    [Fact]
    public void The_status_shows_the_end_of_the_output_of_a_failed_service() => Assert.Equal(
        """
        shop (shop): failed, 0 of 1 instances configured
          web (web-1): failed, last heard from 2026-03-01 12:00:00Z
            http: failed with exit status 7; run 2 has been under way since 2026-03-01 12:01:00Z
              | said
              | ERROR @[2J why
            quiet: configured

        """.Replace("@", "\ufffd", StringComparison.Ordinal),
        Printed(terminal => terminal.PrintSummary(Status)));

    [Fact]
    public void An_instance_that_is_out_of_date_is_said_to_be_and_sets_the_exit_code()
    {
        var done = Status.Instances[0] with { Services = [Status.Instances[0].Services[1]] };
        var late = done with { OutOfDateSince = Time };
        var status = Status with { Status = CompletionStatus.Success, Instances = [late], OutOfDate = ["web is out of date: why"] };

        Assert.Equal(
            """
            shop (shop): complete, 1 of 1 instances configured, 1 out of date
              web (web-1): complete, last heard from 2026-03-01 12:00:00Z, out of date since 2026-03-01 12:00:00Z
                quiet: configured
              web is out of date: why

            """,
            Printed(terminal => terminal.PrintSummary(status)));
        Assert.Equal((ExitCode.OutOfDate, ExitCode.OutOfDate), (StatusPrinter.CodeOf(status), StatusPrinter.CodeOf(late)));
        Assert.Equal(ExitCode.TimedOut, StatusPrinter.CodeOf(status with { IsTimedOut = true }));
        Assert.Equal(ExitCode.Failed, StatusPrinter.CodeOf(status with { Status = CompletionStatus.Error }));
        Assert.Equal(ExitCode.Ok, StatusPrinter.CodeOf(done with { MaybeOutOfDateSince = Time }));
        var changes = new Changes();
        Assert.DoesNotContain("date", string.Concat(changes.In(Status).Select(change => change.Line)), StringComparison.Ordinal);
        string[] lines = [.. changes.In(status).Select(change => change.Line)];
        Assert.Contains("web (web-1) is out of date since 2026-03-01 12:00:00Z", lines);
        Assert.Empty(changes.In(status));

        // An instance that is complete again is printed again.
        DeployableStatus[] course =
        [
            status with { Instances = [done] },
            status with { Instances = [late with { Stays = true }] },
            status with { Instances = [done] },
        ];
        string[] told = [.. course.SelectMany(each => changes.In(each).Select(change => change.Line).ToArray())];
        Assert.Equal("web (web-1) is complete", told[^1]);
    }

    [Fact]
    public void The_report_shows_each_run_with_its_own_times_and_the_end_of_its_output()
    {
        var report = Printed(terminal => terminal.PrintReport(Status));

        Assert.Contains(
            """
                service http: failed with exit status 7; run 2 has been under way since 2026-03-01 12:01:00Z
                  run 1 began 2026-03-01 12:00:00Z
                  run 1 ended 2026-03-01 12:00:05Z with exit status 7 after 4.5 s
                  | said
                  | ERROR @[2J why
                  run 2 began 2026-03-01 12:01:00Z
            """.Replace("@", "\ufffd", StringComparison.Ordinal),
            report,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_description_does_not_show_the_output_of_a_run_as_that_of_another()
    {
        var instance = Status.Instances[0] with { Services = [Service with { Run = 2, Message = "again" }] };

        Assert.Contains(
            """
                run 1 began 2026-03-01 12:00:00Z
                run 1 ended 2026-03-01 12:00:05Z with exit status 7 after 4.5 s
                | said
                | ERROR @[2J why
                run 2 began 2026-03-01 12:01:00Z
                run 2 says: again
            """.Replace("@", "\ufffd", StringComparison.Ordinal),
            Printed(terminal => terminal.PrintDescription(instance)),
            StringComparison.Ordinal);
        var run = Assert.Single(DescriptionOutput.From(instance).Runs);
        Assert.Equal((2, null, null), (run.Run, run.Output, run.DurationSeconds));
    }

    [Fact]
    public void The_text_of_a_guest_does_not_control_the_terminal()
    {
        const string evil = "a\u001b[2J\u009b2Jb\r\nc";
        var instance = Status.Instances[0] with
        {
            Address = evil,
            Facts = new Dictionary<string, string> { [evil] = evil },
            Given = [evil],
            NotYetProvided = [evil],
            Services = [Service with { Run = 2, Message = evil, WrongValues = [evil], ExitStatus = evil, Output = evil }],
        };
        var entry = new Event { Number = 1, Time = Time, Kind = "service-failed", Detail = evil, Service = "http", Instance = "web-1" };

        string[] printed =
        [
            Printed(terminal => terminal.PrintDescription(instance)),
            Printed(terminal => terminal.PrintSummary(Status with { Instances = [instance], Diagnosis = [evil] })),
            Printed(terminal => terminal.PrintReport(Status with { Instances = [instance], Diagnosis = [evil] })),
            Printed(terminal => new EventsOutput(terminal, json: false, 0).Print(entry)),
            Printed(terminal => new RunsOutput(terminal, json: false).Print(new(entry, null))),
            Printed(terminal => terminal.Problem(evil)),
            Printed(terminal => terminal.Info(evil)),
        ];

        Assert.All(printed, text => Assert.Contains("a\ufffd[2J\ufffd2Jb", text, StringComparison.Ordinal));
        Assert.All(printed, text => Assert.DoesNotContain(text, character => char.IsControl(character) && character != '\n'));
        Assert.All(printed[..5], text => Assert.DoesNotContain(text.Split('\n'), line => line.StartsWith('c')));
    }

    [Fact]
    public void Watch_prints_the_output_of_each_failed_run_once()
    {
        var changes = new Changes();
        string[] expected = ["  | said", "  | ERROR \u001b[2J why"];
        Assert.Equal(expected, Written(Status));
        Assert.Empty(Written(Status));
        Assert.Equal(expected, Written(With(Service with { Ended = Time.AddSeconds(90), Runs = [Failed with { Run = 2 }] })));

        string[] Written(DeployableStatus status) =>
            [.. changes.In(status).Select(change => change.Line).Where(line => line.Contains('|', StringComparison.Ordinal))];
    }

    [Fact]
    public void The_JSON_of_a_service_has_the_output_and_its_runs()
    {
        var service = JsonSerializer.SerializeToElement(ServiceOutput.From(Service), JsonSerializerOptions.Web);
        Assert.Equal(Failed.Output, service.GetProperty("output").GetString());
        var run = service.GetProperty("runs")[0];
        Assert.Equal((1, "7", 4.5), (run.GetProperty("run").GetInt32(), run.GetProperty("exitStatus").GetString(),
            run.GetProperty("durationSeconds").GetDouble()));
        Assert.Equal(Failed.Output, run.GetProperty("output").GetString());
    }

    [Fact]
    public void Only_the_last_lines_of_a_long_output_are_printed() => Assert.Equal(
        [.. Enumerable.Range(81, OutputLines.Max).Select(i => $"| {i}")],
        OutputLines.Of(string.Join('\n', Enumerable.Range(1, 100))));

    private static DeployableStatus With(ServiceStatus service) =>
        Status with { Instances = [Status.Instances[0] with { Services = [service] }] };

    private static string Printed(Action<Terminal> print)
    {
        using var output = new StringWriter { NewLine = "\n" };
        print(new Terminal(output, output, interactive: false, colours: false, _ => null));
        return output.ToString();
    }
}
