using Audrey.Abstractions.Deployables;
using Audrey.Client.Statuses;
using Audrey.Core.Instances;
using static Audrey.Client.Tests.Support.Some;

namespace Audrey.Client.Tests.Statuses;

public sealed class DeployableStatusesTests
{
    private static readonly InstanceReport Done = Report("db-1", new ServiceReport { Name = "mysql", Status = CompletionStatus.Success }) with
    {
        Status = CompletionStatus.Success,
        LastContact = Time,
    };

    private static readonly InstanceReport Silent = Report("web-1", Waiting("http", Missing(NeedsValue("db", "db-1", "ip"))));

    [Theory]
    [InlineData(59, false), InlineData(60, true), InlineData(61, true)]
    public void A_deployable_is_timed_out_from_its_deadline_on_while_an_instance_is_incomplete(int minutes, bool timedOut)
    {
        var status = DeployableStatuses.Of(Header(minutes), [Done, Silent]);

        Assert.Equal(timedOut, status.IsTimedOut);
        Assert.Equal((Time.AddMinutes(60), Time.AddMinutes(minutes)), (status.Deadline, status.AsOf));
        Assert.Equal((CompletionStatus.Incomplete, 1, 2), (status.Status, status.Completed, status.Expected));
    }

    [Fact]
    public void One_that_has_completed_or_has_no_deadline_is_never_timed_out()
    {
        Assert.False(DeployableStatuses.Of(Header(90), [Done]).IsTimedOut);
        Assert.False(DeployableStatuses.Of(Header(90) with { Launch = null }, [Silent]).IsTimedOut);
        Assert.False(DeployableStatuses.Of(Header(90) with { Launch = Header(0).Launch! with { Deadline = null } }, [Silent]).IsTimedOut);
    }

    [Fact]
    public void One_that_failed_in_part_and_hangs_in_part_is_timed_out_as_well()
    {
        var failed = Done with { Status = CompletionStatus.Error };

        var status = DeployableStatuses.Of(Header(90), [failed, Silent]);

        Assert.Equal((CompletionStatus.Error, true), (status.Status, status.IsTimedOut));
        Assert.False(DeployableStatuses.Of(Header(90), [failed]).IsTimedOut);
    }

    [Fact]
    public void One_whose_registration_is_not_finished_is_launching_and_not_complete_whatever_its_instances_are()
    {
        var status = DeployableStatuses.Of(Header(90) with { Launch = Header(0).Launch! with { Sealed = null } }, [Done]);

        Assert.Equal((true, true, CompletionStatus.Incomplete), (status.IsLaunching, status.IsTimedOut, status.Status));
        Assert.Equal(
            ["its registration, begun at 2026-03-01 12:00:00Z, is not finished: 1 of 2 instances are registered; the same registration again goes on with it"],
            status.Diagnosis.AsEnumerable());
    }

    [Fact]
    public void The_diagnosis_names_who_never_booted_what_failed_what_hangs_and_who_waits()
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

        var status = DeployableStatuses.Of(Header(90), [Done, Silent, hangs]);

        Assert.Equal(
            [
                "web was never heard of since it was registered at 2026-03-01 12:00:00Z",
                "app[seed] failed with exit status '3' at 2026-03-01 12:02:00Z",
                "app has not given 'port', 'ip': its guest was last heard of at 2026-03-01 12:03:00Z from 10.0.0.9",
                "app[deploy] was given its configuration at 2026-03-01 12:01:00Z and has not ended: its guest was last heard of at 2026-03-01 12:03:00Z from 10.0.0.9",
                "app[index] has all values and has not ended: its guest was last heard of at 2026-03-01 12:03:00Z from 10.0.0.9",
                "web[http].db waits for 'ip' of db (db-1) since 2026-03-01 12:00:00Z: it was last heard of at 2026-03-01 12:00:00Z",
            ],
            status.Diagnosis.AsEnumerable());
    }

    private static DeployableHeader Header(int minutes) => new()
    {
        Id = Deployable,
        Name = "Shop",
        Conductor = Conductor,
        Registered = Time,
        Pages = 1,
        Deleting = false,
        AsOf = Time.AddMinutes(minutes),
        Launch = new() { Instances = 2, Begun = Time, Sealed = Time.AddSeconds(1), Deadline = Time.AddMinutes(60) },
    };
}
