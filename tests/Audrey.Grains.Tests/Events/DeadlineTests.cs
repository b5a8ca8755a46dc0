using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Instances;
using Audrey.Abstractions.Launching;
using Audrey.Core.Events;
using Audrey.Core.Statuses;
using Audrey.Grains.Deployable;
using Audrey.Grains.Recovery;
using Audrey.Grains.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Events;

/// <summary>Tests the deadlines of deployables with a clock that the test advances.</summary>
public sealed class DeadlineTests : ClusterFixture, IAsyncLifetime
{
    private readonly ShiftedTime _time = new();

    [Fact]
    public async Task A_missed_deadline_causes_an_event_with_the_number_of_incomplete_instances()
    {
        var (d, reader) = await Launched(TimeSpan.FromMilliseconds(50));
        var all = await reader.Until(EventKind.DeadlineMissed);
        Assert.Equal(2, all[^1].Details.Count);
        Assert.Equal((await d.Grain.GetHeader())!.Launch!.Deadline, all[^1].Details.At);
    }

    [Fact]
    public async Task A_deadline_that_was_missed_while_no_grain_was_in_memory_causes_one_event_without_any_request()
    {
        var (d, reader) = await Launched(TimeSpan.FromHours(1));
        await d.End("a", "s", "0");
        _time.Advance(TimeSpan.FromHours(2));
        await Restart(reader.Grain);
        await Restart(d.Grain);
        await Restart(Grains.UnfinishedWorkOf(d.Id));

        await Judge(d);

        Assert.Equal(1, (await reader.Until(EventKind.DeadlineMissed))[^1].Details.Count);
        await Restart(reader.Grain);
        await d.Grain.Resume();
        await d.Grain.Delete(d.Command());
        Assert.Single(await reader.All(), told => told.Details.Kind == EventKind.DeadlineMissed);
    }

    [Fact]
    public async Task If_unfinished_work_does_not_list_a_deadline_the_next_request_for_the_deployable_checks_it()
    {
        var (d, reader) = await Launched(TimeSpan.FromHours(1));
        await Grains.UnfinishedWorkOf(d.Id).End(d.Id);
        _time.Advance(TimeSpan.FromHours(2));
        await Restart(d.Grain);

        await d.Grain.GetHeader();

        Assert.Equal(2, (await reader.Until(EventKind.DeadlineMissed))[^1].Details.Count);
    }

    [Fact]
    public async Task A_deployable_that_was_complete_in_time_has_no_event_for_a_missed_deadline()
    {
        var (d, reader) = await Launched(TimeSpan.FromHours(1));
        await d.End("a", "s", "0");
        await d.End("b", "s", "0");
        _time.Advance(TimeSpan.FromHours(2));
        await Judge(d);

        await d.Grain.Delete(d.Command());
        Assert.DoesNotContain(await reader.All(), told => told.Details.Kind == EventKind.DeadlineMissed);
    }

    [Fact]
    public async Task The_deadline_of_the_launch_does_not_count_for_a_later_scaling_and_a_later_replacement()
    {
        var (d, reader) = await Launched(TimeSpan.FromHours(1));
        await d.End("a", "s", "0");
        await d.End("b", "s", "0");
        await Scale(d, null);
        await d.Instance("b").Replace(d.Command(), "another secret");
        _time.Advance(TimeSpan.FromHours(2));
        await Judge(d);

        Assert.False((await Status(d)).IsTimedOut);
        await d.Grain.Delete(d.Command());
        Assert.DoesNotContain(await reader.All(), told => told.Details.Kind == EventKind.DeadlineMissed);
    }

    [Fact]
    public async Task A_scaling_has_a_deadline_of_its_own_and_status_and_event_log_say_the_same()
    {
        var (d, reader) = await Launched(TimeSpan.FromHours(1));
        await d.End("a", "s", "0");
        await d.End("b", "s", "0");
        _time.Advance(TimeSpan.FromHours(2));
        await Judge(d);

        await Scale(d, TimeSpan.FromHours(1));
        Assert.False((await Status(d)).IsTimedOut);
        _time.Advance(TimeSpan.FromHours(2));
        await Restart(reader.Grain);
        await Restart(d.Grain);
        await Restart(Grains.UnfinishedWorkOf(d.Id));
        await Judge(d);

        var missed = (await reader.Until(EventKind.DeadlineMissed))[^1].Details;
        var status = await Status(d);
        Assert.Equal(((int?)2, true), (missed.Count, status.IsTimedOut));
        Assert.Equal(status.Deadline, missed.At);

        // The judgement is not repeated.
        await Restart(reader.Grain);
        await d.Grain.Resume();
        await d.Grain.Delete(d.Command());
        Assert.Single(await reader.All(), told => told.Details.Kind == EventKind.DeadlineMissed);
    }

    [Fact]
    public async Task A_replacement_has_a_deadline_of_its_own()
    {
        var (d, reader) = await Launched(TimeSpan.FromHours(4));
        await d.End("a", "s", "0");
        await d.End("b", "s", "0");
        await d.Instance("b").Replace(d.Command(), "another secret", TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromHours(2));
        await Judge(d);

        var missed = (await reader.Until(EventKind.DeadlineMissed))[^1].Details;
        var status = await Status(d);
        Assert.Equal(((int?)1, true, (DateTimeOffset?)missed.At), (missed.Count, status.IsTimedOut, status.Deadline));

        // A guest that is late is complete nevertheless, and the launch was complete in time.
        await d.End("b", "s", "0");
        Assert.False((await Status(d)).IsTimedOut);
        _time.Advance(TimeSpan.FromHours(4));
        await Judge(d);
        await d.Grain.Delete(d.Command());
        Assert.Single(await reader.All(), told => told.Details.Kind == EventKind.DeadlineMissed);
    }

    [Fact]
    public async Task A_deployable_with_very_many_deadlines_misses_none_of_them()
    {
        var (d, reader) = await Launched(TimeSpan.FromHours(4));
        await d.End("a", "s", "0");
        await d.End("b", "s", "0");
        var incarnation = (await d.Grain.GetHeader())!.Incarnation;
        var first = _time.GetUtcNow() + TimeSpan.FromHours(10);
        for (var i = 0; i < DeployableMachine.MaxDeadlines; i++) await d.Grain.ExpectBy(incarnation, first + TimeSpan.FromHours(i));
        await d.Instance("b").Replace(d.Command(), "another secret", TimeSpan.FromHours(9.9));
        _time.Advance(TimeSpan.FromHours(12));
        await Judge(d);

        Assert.Equal(1, (await reader.Until(EventKind.DeadlineMissed))[^1].Details.Count);
    }

    [Fact]
    public async Task A_scaling_that_is_complete_in_time_misses_no_deadline()
    {
        var (d, reader) = await Launched(TimeSpan.FromHours(1));
        await d.End("a", "s", "0");
        await d.End("b", "s", "0");
        foreach (var member in (await Scale(d, TimeSpan.FromHours(1))).Added)
        {
            var guest = Grains.GetGrain<IGuestGrain>(GrainKeys.Of(member.Id));
            var credential = await guest.GetCredential();
            await guest.Provide(new(credential!.Generation, 2, "192.0.2.1", Mark()), Ends(("s", "0")));
        }

        _time.Advance(TimeSpan.FromHours(2));
        await Judge(d);

        Assert.Equal(Core.Completion.CompletionStatus.Success, (await Status(d)).Status);
        await d.Grain.Delete(d.Command());
        Assert.DoesNotContain(await reader.All(), told => told.Details.Kind == EventKind.DeadlineMissed);
    }

    [Theory]
    [InlineData(0), InlineData(-1), InlineData(366 * 24)]
    public async Task A_deadline_that_is_not_allowed_is_refused_by_every_command(int hours)
    {
        var deadline = TimeSpan.FromHours(hours);
        var (d, other) = (Deployment(), Deployment());
        await d.Register(d.Config("a") with { Ordinal = 0 });
        var launch = new LaunchRequest { Command = other.Command(), Name = "n", Digest = "digest", Instances = 1, Deadline = deadline };
        var scaling = new ScaleRequest(d.Command(), "a", 3, Deadline: deadline);

        ConductorOutcome[] outcomes =
        [
            (await other.Grain.BeginLaunch(launch)).Outcome,
            (await d.Grain.Scale(scaling)).Outcome,
            (await d.Grain.BeginScale(scaling)).Outcome,
            (await d.Instance("a").Replace(d.Command(), "another secret", deadline)).Outcome,
            (await d.Instance("a").Renew(d.Conductor, Mark(), "another secret", deadline)).Answer.Outcome,
        ];

        Assert.All(outcomes, outcome => Assert.Equal(ConductorOutcome.SourcesRefused, outcome));
        Assert.Null(await other.Grain.GetHeader());
        Assert.Single(await d.Grain.GetReports(0));
        Assert.Equal(1, (await d.Report("a")).Generation);
    }

    protected override void Configure(ISiloBuilder silo) => silo.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));

    /// <summary>
    /// Resumes the list of unfinished work, as a silo does when it starts. Waits until the check for a missed deadline was made.
    /// </summary>
    private async Task Judge(Deployment d)
    {
        using var judged = Calls.Watch("JudgeDeadline", d.Tag);
        await Grains.UnfinishedWorkOf(d.Id).Resume();
        await judged.Passed;
    }

    private static async Task<DeployableStatus> Status(Deployment d) =>
        (await d.Grain.GetHeader())!.ToStatus(await d.Grain.GetReports(0));

    /// <summary>Adds two members to the group <c>a</c>.</summary>
    private static async Task<ScaleAnswer> Scale(Deployment d, TimeSpan? deadline)
    {
        var answer = await d.Grain.Scale(new(d.Command(), "a", 3, Deadline: deadline));
        Assert.Equal((ConductorOutcome.Done, 2), (answer.Outcome, answer.Added.Length));
        return answer;
    }

    private async Task<(Deployment Deployment, EventsReader Reader)> Launched(TimeSpan deadline)
    {
        var d = Deployment();
        var begun = await d.Grain.BeginLaunch(
            new() { Command = d.Command(), Name = "a launch", Digest = "digest", Instances = 2, Deadline = deadline });
        var key = new LaunchKey(d.Id, begun.Incarnation, "digest");
        await Grains.GetGrain<IRegistrarGrain>(0).Launch(new()
        {
            Conductor = d.Conductor,
            Launch = key,
            Instances = [d.Config("a", null, Service("s")) with { Ordinal = 0 }, d.Config("b", null, Service("s"))],
            MayBeThere = false,
        });
        Assert.Equal(ConductorOutcome.Done, (await d.Grain.SealLaunch(key)).Outcome);
        var reader = new EventsReader(Grains, d);
        await reader.Until(EventKind.Registered);
        return (d, reader);
    }
}
