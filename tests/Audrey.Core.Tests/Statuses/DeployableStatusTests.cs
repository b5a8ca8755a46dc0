using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using static Audrey.Core.Tests.Statuses.Reports;

namespace Audrey.Core.Tests.Statuses;

public sealed class DeployableStatusTests
{
    private static readonly InstanceReport Done = Report(
        "db-1", new ServiceReport { Name = "mysql", Status = CompletionStatus.Success }) with
    {
        Status = CompletionStatus.Success,
        LastContact = Time,
    };

    private static readonly InstanceReport Silent = Report("web-1", Waiting("http", MissingParameter("db", "db-1", "ip")));

    [Theory]
    [InlineData(59, false), InlineData(60, true), InlineData(61, true)]
    public void A_deployable_is_timed_out_after_its_deadline_while_an_instance_is_incomplete(int minutes, bool timedOut)
    {
        var status = Header(minutes).ToStatus([Done, Silent]);

        Assert.Equal(timedOut, status.IsTimedOut);
        Assert.Equal((Time.AddMinutes(60), Time.AddMinutes(minutes)), (status.Deadline, status.AsOf));
        Assert.Equal((CompletionStatus.Incomplete, 1, 2), (status.Status, status.Succeeded, status.Expected));
    }

    [Fact]
    public void A_deployable_that_is_complete_or_has_no_deadline_is_never_timed_out()
    {
        Assert.False(Header(90).ToStatus([Done]).IsTimedOut);
        Assert.False(StatusReports.ToStatus(Header(90) with { Launch = null }, [Silent]).IsTimedOut);
        Assert.False(StatusReports.ToStatus(Header(90) with { Launch = Header(0).Launch! with { Deadline = null } }, [Silent]).IsTimedOut);
    }

    [Fact]
    public void A_deployable_with_a_failed_and_a_hanging_instance_is_timed_out()
    {
        var failed = Done with { Status = CompletionStatus.Error };

        var status = Header(90).ToStatus([failed, Silent]);

        Assert.Equal((CompletionStatus.Error, true), (status.Status, status.IsTimedOut));
        Assert.False(Header(90).ToStatus([failed]).IsTimedOut);
    }

    [Fact]
    public void A_deployable_with_an_unfinished_registration_is_launching_and_incomplete()
    {
        var status = StatusReports.ToStatus(Header(90) with { Launch = Header(0).Launch! with { Sealed = null } }, [Done]);

        Assert.Equal((true, true, CompletionStatus.Incomplete), (status.IsLaunching, status.IsTimedOut, status.Status));
        Assert.Equal(
            ["its registration, which began at 2026-03-01 12:00:00Z, is not finished: 1 of 2 instances are registered; send the same "
                + "registration again to continue it"],
            status.Diagnosis.AsEnumerable());
    }

    [Fact]
    public void The_diagnosis_names_silent_guests_failures_hanging_services_and_missing_values()
    {
        var hangs = Report(
            "app-1",
            new ServiceReport { Name = "deploy", Status = CompletionStatus.Incomplete, Started = Time.AddMinutes(1) },
            new ServiceReport { Name = "index", Status = CompletionStatus.Incomplete },
            new ServiceReport { Name = "seed", Status = CompletionStatus.Error, ExitStatus = "3\n", Ended = Time.AddMinutes(2) }) with
        {
            LastContact = Time.AddMinutes(3),
            Address = "10.0.0.9",
            PendingProvided = ["port", "ip"],
        };

        var status = Header(90).ToStatus([Done, Silent, hangs]);

        Assert.Equal(
            [
                "web has not been heard from since it was registered at 2026-03-01 12:00:00Z",
                "app[seed] failed with exit status '3' at 2026-03-01 12:02:00Z",
                "app has not given 'port', 'ip': its guest was last heard from at 2026-03-01 12:03:00Z from 10.0.0.9",
                "app[deploy] received its configuration at 2026-03-01 12:01:00Z and has not ended: its guest was last heard from at "
                    + "2026-03-01 12:03:00Z from 10.0.0.9",
                "app[index] has all values and has not ended: its guest was last heard from at 2026-03-01 12:03:00Z from 10.0.0.9",
                "web[http].db waits for 'ip' of db (db-1) since 2026-03-01 12:00:00Z: it was last heard from at 2026-03-01 12:00:00Z",
            ],
            status.Diagnosis.AsEnumerable());
    }

    [Fact]
    public void The_diagnosis_names_values_that_are_not_of_the_types_of_their_parameters()
    {
        var wrong = new WrongValue(
            "port", new(Done.Id, ReferenceKind.ProvidedParameter, "port"), TypeRules.ProblemOf(ParameterType.Integer, "abc"u8)!);
        var service = new ServiceReport { Name = "http", Status = CompletionStatus.Incomplete, Started = Time, WrongValues = [wrong] };

        var status = StatusOf(Done, Report("web-1", service));

        Assert.Contains(
            $"web[http] has a wrong value: 'port' from 'port' of {Done.Name} ({Done.Id}): the value is not a whole number of 64 bits",
            status.Diagnosis);
    }

    [Theory]
    [InlineData(ParameterType.Integer, "-9223372036854775808", null)]
    [InlineData(ParameterType.Integer, "9223372036854775808", "the value is not a whole number of 64 bits")]
    [InlineData(ParameterType.Integer, "", "the value is not a whole number of 64 bits")]
    [InlineData(ParameterType.Boolean, "False", "the value is neither true nor false")]
    [InlineData(ParameterType.List, "a\nb", null)]
    [InlineData(ParameterType.Text, "abc", null)]
    public void A_value_is_judged_by_the_type_of_its_parameter(ParameterType type, string value, string? problem) =>
        Assert.Equal(problem, TypeRules.ProblemOf(type, System.Text.Encoding.UTF8.GetBytes(value)));

    [Theory]
    [InlineData(CompletionStatus.Incomplete)]
    [InlineData(CompletionStatus.Success, CompletionStatus.Success)]
    [InlineData(CompletionStatus.Incomplete, CompletionStatus.Success, CompletionStatus.Incomplete)]
    [InlineData(CompletionStatus.Error, CompletionStatus.Incomplete, CompletionStatus.Error, CompletionStatus.Success)]
    public void The_status_of_a_deployable_is_the_worst_status_among_its_instances(
        CompletionStatus expected, params CompletionStatus[] instances)
    {
        var status = StatusOf([.. instances.Select((instance, i) => Report($"web-{i}") with { Status = instance })]);

        Assert.Equal((expected, expected), (status.Status, status.WorstOfInstances));
    }

    [Fact]
    public void A_deployable_is_complete_when_its_last_instance_is_complete()
    {
        var earlier = Done with { Completed = Time.AddMinutes(1) };
        var later = Report("web-1") with { Status = CompletionStatus.Success, Completed = Time.AddMinutes(2) };

        Assert.Equal(Time.AddMinutes(2), StatusOf(later, earlier).Completed);
        Assert.Null(StatusOf(later, Done).Completed);
        Assert.Null(StatusOf().Completed);
    }
}
