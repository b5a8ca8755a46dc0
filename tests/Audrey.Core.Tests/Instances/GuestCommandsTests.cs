using System.Collections.Immutable;
using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Core.Tests.Instances;

public sealed class GuestCommandsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly InstanceConfig Config = new()
    {
        Id = InstanceId.Parse("u"),
        Name = "n",
        Secret = "s",
        Deployable = DeployableId.Parse("d"),
        DeployableName = "d",
        ProvidedParameters = ["a"],
        Services = [new ServiceConfig { Name = "s" }],
    };

    private static readonly InstanceReported Nothing = new() { Generation = 1, Version = 1 };

    [Fact]
    public void Values_increase_the_snapshot_version_and_do_not_change_the_replay_memory()
    {
        var (verdict, row) = Give(Nothing, 3, "1");
        Assert.Equal((CommandVerdict.Accepted, 2, 3), (verdict, row.Version, row.Progress.ValuesNumber));
        Assert.Same(Nothing.Memory, row.Memory);
    }

    [Fact]
    public void The_first_report_of_values_is_accepted_with_any_number_and_older_numbers_are_refused()
    {
        var row = Give(Nothing, 3, "1").Row;
        Assert.Equal((CommandVerdict.Repeated, row), Give(row, 3, "1"));
        Assert.Equal((CommandVerdict.Conflicting, row), Give(row, 3, "2"));
        Assert.Equal((CommandVerdict.Older, row), Give(row, 2, "2"));
        var later = Give(row, 9, "1").Row;
        Assert.Equal((row.Version, 9), (later.Version, later.Progress.ValuesNumber));
    }

    [Fact]
    public void A_run_starts_and_ends_and_late_reports_change_nothing()
    {
        var (first, started) = Run(Nothing, ServiceStep.Started, 1);
        Assert.Equal((CommandVerdict.Accepted, Noon), (first, started.ProgressOf("s")!.Started));
        Assert.Equal((CommandVerdict.Repeated, started), Run(started, ServiceStep.Started, 1));

        var ended = Run(started, ServiceStep.Ended, 1, exit: 2).Row;
        Assert.Equal("2", Encoding.UTF8.GetString(ended.ProgressOf("s")!.ExitStatus!));
        Assert.Equal(started.Version + 1, ended.Version);
        Assert.Equal((CommandVerdict.Repeated, ended), Run(ended, ServiceStep.Started, 1));
        Assert.Equal((CommandVerdict.Repeated, ended), Run(ended, ServiceStep.Progress, 1, "late"));
        Assert.Equal((CommandVerdict.Repeated, ended), Run(ended, ServiceStep.Ended, 1, exit: 2));
        Assert.Equal((CommandVerdict.Conflicting, ended), Run(ended, ServiceStep.Ended, 1, exit: 0));
        Assert.Equal((CommandVerdict.Older, ended), Run(ended, ServiceStep.Ended, 0, exit: 0));
    }

    [Fact]
    public void The_exit_status_of_the_previous_run_is_kept_until_the_next_run_ends()
    {
        var ended = Run(Nothing, ServiceStep.Ended, 1, exit: 2).Row;
        var again = Run(ended, ServiceStep.Started, 2).Row;
        Assert.Equal((ended.Version, "2"), (again.Version, Encoding.UTF8.GetString(again.ProgressOf("s")!.ExitStatus!)));
        Assert.Null(again.Progress.RunOf("s")!.Output);
        Assert.Equal("0", Encoding.UTF8.GetString(Run(again, ServiceStep.Ended, 2, exit: 0).Row.ProgressOf("s")!.ExitStatus!));
    }

    [Fact]
    public void Each_run_has_its_own_times_result_and_output_and_the_last_two_are_known()
    {
        var first = Run(Run(Nothing, ServiceStep.Started, 1).Row, ServiceStep.Ended, 1, exit: 1, second: 5, output: "why").Row;
        var second = Run(first, ServiceStep.Started, 2, second: 60).Row;

        Assert.Equal(
            [(1, Noon, Noon.AddSeconds(5), 1, "why"), (2, Noon.AddSeconds(60), null, null, null)],
            second.Progress.RunsOf("s").Select(Facts));
        Assert.Equal("why", second.Progress.EndedRunOf("s")!.Output);

        var ended = Run(second, ServiceStep.Ended, 2, exit: 1, second: 70).Row;
        Assert.Equal([(2, Noon.AddSeconds(60), Noon.AddSeconds(70), 1, null)], ended.Progress.RunsOf("s").Select(Facts));

        static (long, DateTimeOffset?, DateTimeOffset?, int?, string?) Facts(ServiceRun run) =>
            (run.Run, run.Started, run.Ended, run.ExitStatus, run.Output);
    }

    [Theory]
    [InlineData(0), InlineData(1)]
    public void The_report_never_shows_a_service_that_ended_before_it_began(int exit)
    {
        var first = Run(Run(Nothing, ServiceStep.Started, 1).Row, ServiceStep.Ended, 1, exit: 1, second: 5).Row;
        var second = Run(first, ServiceStep.Started, 2, second: 60).Row;
        Assert.Equal((Noon, Noon.AddSeconds(5), "1"), Times(second));
        var ended = Run(second, ServiceStep.Ended, 2, exit: exit, second: 70).Row;
        Assert.Equal((Noon.AddSeconds(60), Noon.AddSeconds(70), $"{exit}"), Times(ended));

        // In the rows of older versions, a run has no times.
        var old = second with { Progress = GuestProgress.None.With(new() { Service = "s", Run = 2 }) };
        Assert.Equal((null, Noon.AddSeconds(5), "1"), Times(old));

        static (DateTimeOffset?, DateTimeOffset?, string?) Times(InstanceReported row)
        {
            var definition = new InstanceDefinition { Generation = 1, FirstVersion = 1, Config = Config };
            var service = new InstanceMachine(Config.Id, definition, row).Registered!.Report().Services.Single();
            return (service.Started, service.Ended, service.ExitStatus);
        }
    }

    [Fact]
    public void A_message_is_kept_until_the_next_run_starts()
    {
        var told = Run(Nothing, ServiceStep.Progress, 1, "half-way").Row;
        Assert.Equal("half-way", Run(told, ServiceStep.Ended, 1).Row.Progress.RunOf("s")!.Message);
        Assert.Null(Run(told, ServiceStep.Started, 2).Row.Progress.RunOf("s")!.Message);
    }

    [Fact]
    public void A_second_report_of_the_same_revision_or_of_the_same_facts_is_a_repetition()
    {
        var applied = GuestCommands.ReportApplied(Nothing, "r", Noon).Row;
        Assert.Equal(("r", Noon), (applied.Progress.Applied, applied.Progress.AppliedAt));
        Assert.Equal(CommandVerdict.Repeated, GuestCommands.ReportApplied(applied, "r", Noon.AddHours(1)).Verdict);
        var stated = GuestCommands.SetFacts(Nothing, [new("os", "x")]).Row;
        Assert.Equal(CommandVerdict.Repeated, GuestCommands.SetFacts(stated, [new("os", "x")]).Verdict);
        Assert.Equal(CommandVerdict.Accepted, GuestCommands.SetFacts(stated, []).Verdict);
    }

    [Fact]
    public void A_new_registration_begins_without_reports()
    {
        var row = Give(Nothing, 3, "1").Row.Under(new InstanceDefinition { Generation = 2, FirstVersion = 7, Config = Config });
        Assert.Equal((0, 7), (row.Progress.ValuesNumber, row.Version));
    }

    private static (CommandVerdict Verdict, InstanceReported Row) Give(InstanceReported before, long revision, string value)
    {
        ImmutableArray<byte> bytes = [.. Encoding.UTF8.GetBytes(value)];
        return GuestCommands.SetValues(Config, before, revision, bytes, [new NamedValue("a", [.. bytes])], "10.0.0.1", Noon);
    }

    private static (CommandVerdict Verdict, InstanceReported Row) Run(
        InstanceReported before, ServiceStep step, long run, string? message = null, int exit = 0, int second = 0, string? output = null)
    {
        var report = new ServiceRun { Service = "s", Run = run, Message = message, Output = output };
        return GuestCommands.ReportService(Config, before, step, report, exit, "10.0.0.1", Noon.AddSeconds(second));
    }
}
