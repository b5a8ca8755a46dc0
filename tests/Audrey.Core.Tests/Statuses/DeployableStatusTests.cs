using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using static Audrey.Core.Tests.Statuses.Reports;

namespace Audrey.Core.Tests.Statuses;

public sealed class DeployableStatusTests
{
    private static readonly InstanceReport Done = Report(
        "db-1", new ServiceReport { Name = "mysql", Status = CompletionStatus.Success }) with
    {
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
    public void A_guest_that_stays_and_is_out_of_date_makes_its_deployable_incomplete_and_never_late()
    {
        var late = Done with { Stays = true, OutOfDateSince = Time.AddMinutes(70) };

        var status = Header(90).ToStatus([late]);
        var fromPages = Header(90).ToSummary().ToStatus(status.Instances);

        Assert.Equal((CompletionStatus.Incomplete, false, 1), (status.Status, status.IsTimedOut, status.OutOfDateCount));
        Assert.Equal(CompletionStatus.Incomplete, fromPages.Status);
        Assert.StartsWith(
            "db is out of date: it has not applied its configuration of 2026-03-01 13:10:00Z; its guest was last heard from",
            Assert.Single(status.Diagnosis),
            StringComparison.Ordinal);
        Assert.Equal([.. status.Diagnosis], status.OutOfDate.ToArray());
        Assert.Equal([.. status.OutOfDate], fromPages.OutOfDate.ToArray());
    }

    [Fact]
    public void The_sentence_about_a_member_that_is_out_of_date_names_its_label_and_is_also_a_cause()
    {
        var late = Done with { Label = "db-0", Stays = true, OutOfDateSince = Time.AddMinutes(70) };

        var status = Header(90).ToStatus([late]);

        Assert.StartsWith("db-0 is out of date", Assert.Single(status.OutOfDate), StringComparison.Ordinal);
        Assert.Equal([.. status.Diagnosis], status.OutOfDate.ToArray());
    }

    [Fact]
    public void A_guest_that_does_not_stay_leaves_its_deployable_complete_and_out_of_date()
    {
        var late = Done with { OutOfDateSince = Time.AddMinutes(70) };

        var status = Header(90).ToStatus([late]);

        Assert.Equal((CompletionStatus.Success, 1), (status.Status, status.OutOfDateCount));
        Assert.Empty(status.Diagnosis);
        Assert.EndsWith("its guest does not stay; run it again on its machine", Assert.Single(status.OutOfDate), StringComparison.Ordinal);
    }

    [Fact]
    public void A_guest_that_says_nothing_of_what_it_applied_is_only_named()
    {
        var status = Header(90).ToStatus([Done with { Stays = true, MaybeOutOfDateSince = Time.AddMinutes(70) }]);

        Assert.Equal((CompletionStatus.Success, 0), (status.Status, status.OutOfDateCount));
        Assert.StartsWith("db is not known to have applied", Assert.Single(status.OutOfDate), StringComparison.Ordinal);
    }

    [Fact]
    public void The_deadline_of_the_launch_does_not_count_for_instances_that_came_later()
    {
        var later = Silent with { IsAfterLaunch = true };

        var status = Header(90).ToStatus([Done, later]);

        Assert.Equal((false, Time.AddMinutes(60)), (status.IsTimedOut, status.Deadline));
        Assert.Null(status.Instances[1].Deadline);
        Assert.Equal(Time.AddMinutes(60), status.Instances[0].Deadline);
    }

    [Theory]
    [InlineData(99, false), InlineData(100, true)]
    public void Each_scaling_and_replacement_has_a_deadline_of_its_own(int minutes, bool timedOut)
    {
        var later = Silent with { IsAfterLaunch = true, Deadline = Time.AddMinutes(100) };

        var status = Header(minutes).ToStatus([Done, later]);
        var fromPages = Header(minutes).ToSummary().ToStatus(status.Instances);

        Assert.Equal((timedOut, Time.AddMinutes(100)), (status.IsTimedOut, status.Deadline));
        Assert.Equal((timedOut, Time.AddMinutes(100)), (fromPages.IsTimedOut, fromPages.Deadline));
    }

    [Fact]
    public void An_unfinished_scaling_is_timed_out_by_its_own_deadline()
    {
        var header = Header(90) with { Scaling = new("web", 2, Time.AddMinutes(95)) };
        Assert.False(header.ToStatus([Done]).IsTimedOut);
        Assert.True((header with { AsOf = Time.AddMinutes(95) }).ToStatus([Done]).IsTimedOut);
    }

    [Fact]
    public void A_deployable_with_a_failed_and_a_hanging_instance_is_timed_out()
    {
        var failed = Done with { Services = [Done.Services[0] with { Status = CompletionStatus.Error }] };

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

    [Theory]
    [InlineData("does not run because service mysql of db-1 ended with 9", true)]
    [InlineData("an item of peers has several lines", false)]
    [InlineData("was registered without all its files: the executable is left out", false)]
    public void The_diagnosis_names_the_problem_of_a_service_and_says_that_it_hangs_unless_it_is_held_back(string problem, bool isHeldBack)
    {
        var service = new ServiceReport
        {
            Name = "http",
            Status = CompletionStatus.Incomplete,
            Problem = problem,
            IsHeldBack = isHeldBack,
        };

        var status = StatusOf(Done, Report("web-1", service) with { LastContact = Time });

        Assert.Contains($"web[http]: {problem}", status.Diagnosis);
        Assert.Equal(!isHeldBack, status.Diagnosis.Any(cause => cause.Contains("has not ended", StringComparison.Ordinal)));
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
    [InlineData(ParameterType.Integer, "+7", null)]
    [InlineData(ParameterType.Integer, "9223372036854775808", "the value is not a whole number of 64 bits")]
    [InlineData(ParameterType.Integer, "", "the value is not a whole number of 64 bits")]
    [InlineData(ParameterType.Boolean, "False", "the value is neither true nor false")]
    [InlineData(ParameterType.List, "a\nb", null)]
    [InlineData(ParameterType.Text, "abc", null)]
    public void A_value_is_judged_by_the_type_of_its_parameter(ParameterType type, string value, string? problem) =>
        Assert.Equal(problem, TypeRules.ProblemOf(type, System.Text.Encoding.UTF8.GetBytes(value)));

    [Theory]
    [InlineData(CompletionStatus.Success, CompletionStatus.Success)]
    [InlineData(CompletionStatus.Incomplete, CompletionStatus.Success, CompletionStatus.Incomplete)]
    [InlineData(CompletionStatus.Error, CompletionStatus.Incomplete, CompletionStatus.Error, CompletionStatus.Success)]
    public void The_status_of_a_deployable_is_the_worst_status_among_its_instances(
        CompletionStatus expected, params CompletionStatus[] instances)
    {
        var status = StatusOf([.. instances.Select((instance, i) => Done with
        {
            Id = InstanceId.Parse($"web-{i}"),
            Services = [Done.Services[0] with { Status = instance }],
        })]);

        Assert.Equal(expected, status.Status);
    }

    [Fact]
    public void A_deployable_is_incomplete_while_a_guest_was_never_heard_from_even_without_services_and_values()
    {
        var status = StatusOf(Done, Report("bare-1"));

        Assert.Equal(CompletionStatus.Incomplete, status.Status);
        Assert.Equal(
            ["bare has not been heard from since it was registered at 2026-03-01 12:00:00Z"], status.Diagnosis.AsEnumerable());
        Assert.Equal(CompletionStatus.Success, StatusOf(Done, Report("bare-1") with { LastContact = Time }).Status);
    }

    [Fact]
    public void A_deployable_is_incomplete_while_a_value_is_not_given_although_every_service_has_ended()
    {
        var status = StatusOf(Done with { PendingProvided = ["port"], Completed = Time });

        Assert.Equal((CompletionStatus.Incomplete, 0), (status.Status, status.Succeeded));
        Assert.Null(status.Completed);
        Assert.Equal(
            ["db has not given 'port': its guest was last heard from at 2026-03-01 12:00:00Z"], status.Diagnosis.AsEnumerable());
    }

    [Fact]
    public void A_deployable_is_incomplete_while_a_group_is_being_scaled()
    {
        var status = StatusReports.ToStatus(Header() with { Scaling = new("db", 2) }, [Done]);

        Assert.Equal(CompletionStatus.Incomplete, status.Status);
        Assert.Equal(
            ["the scaling of group 'db' to 2 instances is not finished; send the same request again to continue it"],
            status.Diagnosis.AsEnumerable());
    }

    [Fact]
    public void A_deployable_without_instances_is_complete_only_if_its_registration_is_finished_and_it_is_not_being_deleted()
    {
        Assert.Equal(CompletionStatus.Success, StatusOf().Status);
        DeployableHeader[] others = [Header() with { Launch = null }, Header() with { Deleting = true }];
        foreach (var header in others)
        {
            var status = header.ToStatus([]);
            Assert.Equal(CompletionStatus.Incomplete, status.Status);
            Assert.Equal(["no instance is registered"], status.Diagnosis.AsEnumerable());
        }
    }

    [Fact]
    public void A_deployable_is_complete_when_its_last_instance_is_complete()
    {
        var earlier = Done with { Settled = Time.AddMinutes(1) };
        var later = Report("web-1") with { LastContact = Time, Settled = Time.AddMinutes(2) };
        var rerun = Done with { Settled = Time.AddMinutes(1), Services = [Done.Services[0] with { Ended = Time.AddMinutes(4) }] };

        Assert.Equal(Time.AddMinutes(2), StatusOf(later, earlier).Completed);
        Assert.Equal(Time.AddMinutes(4), StatusOf(later, rerun).Completed);
        Assert.Null(StatusOf(later, Silent with { Id = InstanceId.Parse("web-2") }).Completed);
        Assert.Null(StatusOf().Completed);
    }
}
