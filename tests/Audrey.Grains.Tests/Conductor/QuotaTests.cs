using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Launching;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Grains.Tests.Cluster;

namespace Audrey.Grains.Tests.Conductor;

[Collection(ClusterCollection.Name)]
public sealed class QuotaTests
{
    private readonly ClusterFixture _fixture;
    private readonly string _name = "limited-" + Guid.NewGuid().ToString("N");
    private readonly Deployment _d;

    public QuotaTests(ClusterFixture fixture) => (_fixture, _d) = (fixture, fixture.Deployment(_name));

    private ConductorKey Key => _d.Conductor;

    private IConductorGrain Conductor => _fixture.Grains.GetGrain<IConductorGrain>(GrainKeys.Of(Key));

    [Fact]
    public async Task Instances_are_refused_beyond_the_quota_and_accepted_after_a_deletion()
    {
        Limit(instances: 3);
        var other = _fixture.Deployment(_name);
        for (var i = 0; i < 2; i++) await Accept(_d, $"i{i}");
        await Accept(other, "i0");

        // An instance that is registered again is not another one.
        await Accept(_d, "i1");
        foreach (var d in new[] { _d, other, _fixture.Deployment(_name) })
        {
            var refused = await d.Register(d.Config("late"));
            Assert.Equal(new(Key, QuotaKind.Instances, 3, 3, 1), refused.Quota);
            Assert.Equal(
                $"the quota of conductor '{_name}' is 3 instances: it has 3, and this needs 1 more; delete instances or deployables, or "
                + "ask the servers' operator for a larger quota (Audrey:Quotas:MaxInstances)",
                Assert.Single(refused.Problems));
            Assert.Null(await d.Guest("late").GetCredential());
        }

        await _d.Grain.Delete(_d.Command());
        await Accept(other, "i1");
        await Accept(other, "i2");
        Assert.Equal(ConductorOutcome.QuotaExceeded, (await other.Register(other.Config("i3"))).Outcome);
    }

    [Fact]
    public async Task A_refused_command_does_not_register_anything_later()
    {
        Limit(instances: 1);
        var other = _fixture.Deployment(_name);
        await Accept(_d, "i0");
        var command = other.Command();
        Assert.Equal(ConductorOutcome.QuotaExceeded, (await other.Register(other.Config("i0"), command)).Outcome);

        await _d.Grain.Delete(_d.Command());
        Assert.Equal(ConductorOutcome.NonceRefused, (await other.Register(other.Config("i0"), command)).Outcome);
    }

    [Fact]
    public async Task Concurrent_registrations_do_not_exceed_the_quota_and_use_all_of_it()
    {
        Limit(instances: 10);
        Deployment[] deployables = [.. Enumerable.Range(0, 5).Select(_ => _fixture.Deployment(_name))];
        var answers = await Task.WhenAll(
            from d in deployables
            from i in Enumerable.Range(0, 8)
            select d.Register(d.Config($"i{i}")));

        Assert.Equal(10, answers.Count(answer => answer.Outcome == ConductorOutcome.Done));
        Assert.Equal(30, answers.Count(answer => answer.Outcome == ConductorOutcome.QuotaExceeded));
        Assert.Equal(10, await CountRegistered(deployables));
    }

    [Fact]
    public async Task Concurrent_launches_do_not_exceed_the_quotas()
    {
        Limit(deployables: 3, instances: 100);
        Deployment[] deployables = [.. Enumerable.Range(0, 12).Select(_ => _fixture.Deployment(_name))];
        var answers = await Task.WhenAll(deployables.Select(d => d.Grain.BeginLaunch(Launch(d, 5))));
        Assert.Equal(3, answers.Count(answer => answer.Outcome == ConductorOutcome.Done));
        Assert.All(
            answers.Where(answer => answer.Outcome != ConductorOutcome.Done),
            answer => Assert.Equal(new(Key, QuotaKind.Deployables, 3, 3, 1), answer.Quota));
        Assert.Equal(3, (await _d.Conducts()).Deployables.Length);

        Limit(deployables: 100, instances: 40);
        answers = await Task.WhenAll(deployables.Select(d => d.Grain.BeginLaunch(Launch(d, 5))));
        Assert.Equal(8, answers.Count(answer => answer.Outcome == ConductorOutcome.Done));
    }

    [Fact]
    public async Task A_launch_reserves_all_its_instances_and_more_of_them_are_counted_as_they_come()
    {
        Limit(instances: 6);
        var other = _fixture.Deployment(_name);
        var begun = await _d.Grain.BeginLaunch(Launch(_d, 5));
        Assert.Equal(new(Key, QuotaKind.Instances, 6, 5, 2), (await other.Grain.BeginLaunch(Launch(other, 2))).Quota);

        var key = new LaunchKey(_d.Id, begun.Incarnation, "digest");
        Assert.All(await Send(key, "i0", "i1", "i2"), answer => Assert.Equal(ConductorOutcome.Done, answer.Outcome));
        Assert.All(await Send(key, "i2", "i3", "i4", "i5"), answer => Assert.Equal(ConductorOutcome.Done, answer.Outcome));
        Assert.All(await Send(key, "i6"), answer => Assert.Equal(new(Key, QuotaKind.Instances, 6, 6, 1), answer.Quota));

        // The pieces can be sent again.
        Assert.All(await Send(key, "i0", "i5"), answer => Assert.Equal(ConductorOutcome.Done, answer.Outcome));
        Assert.Equal(ConductorOutcome.Done, (await _d.Grain.AbandonLaunch(key)).Outcome);
        Assert.Equal(ConductorOutcome.Done, (await other.Grain.BeginLaunch(Launch(other, 6))).Outcome);
    }

    [Fact]
    public async Task A_scaling_is_counted()
    {
        Limit(instances: 4);
        foreach (var ordinal in new[] { 0, 1 }) await _d.Register(_d.Config($"web{ordinal}") with { Name = "web", Ordinal = ordinal });
        Assert.Equal(new(Key, QuotaKind.Instances, 4, 2, 3), (await Scale(5)).Quota);
        Assert.Equal(2, (await Scale(4)).Added.Length);
        Assert.Equal(ConductorOutcome.QuotaExceeded, (await _d.Register(_d.Config("late"))).Outcome);
        Assert.Equal(3, (await Scale(1)).Removed.Length);
        for (var i = 0; i < 3; i++) await Accept(_d, $"i{i}");
        Assert.Equal(ConductorOutcome.QuotaExceeded, (await _d.Register(_d.Config("late"))).Outcome);

        // A scaling in the background is refused when it is decided.
        Assert.Equal(ConductorOutcome.Done, (await _d.Grain.BeginScale(new(_d.Command(), "web", 2))).Outcome);
        await Scale(1);
        Assert.Equal(new(Key, QuotaKind.Instances, 4, 4, 1), (await Report("web", 2)).Quota);

        async Task<ScalingReport> Report(string group, int count)
        {
            await _d.Grain.BeginScale(new(_d.Command(), group, count));
            ScalingReport? report;
            while ((report = await _d.Grain.GetScaling(Key, group)) is not { Problem: not null })
            {
            }

            return report;
        }
    }

    [Theory]
    [InlineData("deployables", FailurePoint.BeforeWrite), InlineData("deployables", FailurePoint.AfterWrite)]
    [InlineData("deployable", FailurePoint.BeforeWrite), InlineData("deployable", FailurePoint.AfterWrite)]
    [InlineData("members", FailurePoint.BeforeWrite), InlineData("members", FailurePoint.AfterWrite)]
    [InlineData("definition", FailurePoint.BeforeWrite), InlineData("definition", FailurePoint.AfterWrite)]
    public async Task A_failed_write_after_the_reservation_leaves_nothing_reserved(string row, FailurePoint point)
    {
        Limit(deployables: 1, instances: 2);
        _fixture.Storage.FailNext(row, row == "deployables" ? _name : _d.Tag, point);
        await Assert.ThrowsAnyAsync<Exception>(() => _d.Register(_d.Config("i0")));

        // The same registration needs no second place.
        await Retry(() => Accept(_d, "i0"));
        await Retry(() => Accept(_d, "i1"));
        Assert.Equal(ConductorOutcome.QuotaExceeded, (await _d.Register(_d.Config("i2"))).Outcome);
        await _d.DeleteUntilDone();
        var other = _fixture.Deployment(_name);
        await Accept(other, "i0");
    }

    [Fact]
    public async Task A_launch_that_could_not_begin_leaves_nothing_reserved()
    {
        Limit(deployables: 1, instances: 5);
        _fixture.Storage.FailNext("deployable", _d.Tag, FailurePoint.BeforeWrite);
        await Assert.ThrowsAnyAsync<Exception>(() => _d.Grain.BeginLaunch(Launch(_d, 5)));

        var other = _fixture.Deployment(_name);
        Assert.Equal(ConductorOutcome.Done, (await other.Grain.BeginLaunch(Launch(other, 5))).Outcome);
    }

    [Fact]
    public async Task A_new_count_finds_what_is_registered_and_what_is_being_registered()
    {
        Limit(deployables: 2, instances: 4);
        await Accept(_d, "i0");
        var launched = _fixture.Deployment(_name);
        await launched.Grain.BeginLaunch(Launch(launched, 2));
        using var barrier = _fixture.Calls.Close("AddMany", _d.Tag);
        var joining = _d.Register(_d.Config("i1"));
        await barrier.Arrived;

        await _fixture.Restart(Conductor);
        var refused = await _d.Register(_d.Config("late"));
        Assert.Equal(new(Key, QuotaKind.Instances, 4, 4, 1), refused.Quota);
        barrier.Open();
        Assert.Equal(ConductorOutcome.Done, (await joining).Outcome);

        foreach (var grain in new[] { _d.Grain, launched.Grain }) await _fixture.Restart(grain);
        await _fixture.Restart(Conductor);
        Assert.Equal(new(Key, QuotaKind.Instances, 4, 4, 1), (await _d.Register(_d.Config("late"))).Quota);
        var third = _fixture.Deployment(_name);
        Assert.Equal(new(Key, QuotaKind.Deployables, 2, 2, 1), (await third.Register(third.Config("late"))).Quota);
    }

    [Fact]
    public async Task A_deployable_that_cannot_be_read_does_not_block_the_others_and_counts_when_it_can_be_read()
    {
        for (var i = 0; i < 3; i++) await Accept(_d, $"i{i}");
        Limit(deployables: 2, instances: 5);
        var (other, third) = (_fixture.Deployment(_name), _fixture.Deployment(_name));
        using (_fixture.Storage.Damage("deployable", _d.Tag))
        {
            await _fixture.Restart(_d.Grain);
            await Accept(other, "i0");
            await Accept(other, "i1");

            // It still is one deployable.
            Assert.Equal(new(Key, QuotaKind.Deployables, 2, 2, 1), (await third.Register(third.Config("late"))).Quota);
            await Assert.ThrowsAnyAsync<Exception>(() => _d.Register(_d.Config("i3")));
        }

        Assert.Equal(new(Key, QuotaKind.Instances, 5, 5, 1), (await other.Register(other.Config("late"))).Quota);
        Assert.Equal(new(Key, QuotaKind.Instances, 5, 5, 1), (await _d.Register(_d.Config("late"))).Quota);
    }

    [Fact]
    public async Task A_lowered_quota_refuses_only_growth()
    {
        Limit(deployables: 5, instances: 5);
        for (var i = 0; i < 3; i++) await Accept(_d, $"i{i}");
        Limit(deployables: 1, instances: 1);
        await Accept(_d, "i2");
        Assert.Equal(new(Key, QuotaKind.Instances, 1, 3, 1), (await _d.Register(_d.Config("late"))).Quota);
    }

    private void Limit(int deployables = QuotaLimits.Unlimited, int instances = QuotaLimits.Unlimited) =>
        _fixture.Quotas.Set(Key, deployables, instances);

    private static async Task Accept(Deployment d, string name) =>
        Assert.Equal((ConductorOutcome.Done, ""), await d.Register(d.Config(name)) is var answer
            ? (answer.Outcome, string.Join("; ", answer.Problems)) : default);

    private static async Task Retry(Func<Task> act)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await act();
                return;
            }
            catch (Exception failure) when (TryAgain.After(failure) && attempt < 5)
            {
            }
        }
    }

    private static LaunchRequest Launch(Deployment d, int instances) =>
        new() { Command = d.Command(), Name = "a deployable", Digest = "digest", Instances = instances };

    private Task<ScaleAnswer> Scale(int count) => _d.Grain.Scale(new(_d.Command(), "web", count));

    private async Task<IEnumerable<ConductorAnswer>> Send(LaunchKey key, params string[] names) =>
        (await _fixture.Grains.GetGrain<IRegistrarGrain>(0).Launch(new()
        {
            Conductor = Key,
            Launch = key,
            Instances = [.. names.Select(name => _d.Config(name))],
            MayBeThere = true,
        })).Answers;

    private static async Task<int> CountRegistered(IEnumerable<Deployment> deployables) =>
        (await Task.WhenAll(deployables.Select(d => d.Grain.GetReports(0)))).Sum(reports => reports.Length);
}
