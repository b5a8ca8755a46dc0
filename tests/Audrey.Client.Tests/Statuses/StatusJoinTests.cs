using System.Collections.Immutable;
using Audrey.Client.Statuses;
using Audrey.Client.Tests.Support;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using static Audrey.Client.Tests.Support.Some;

namespace Audrey.Client.Tests.Statuses;

public sealed class StatusJoinTests
{
    [Fact]
    public void A_wait_says_who_waits_for_what_from_whom_since_when_and_when_that_one_was_last_heard_of()
    {
        var wait = Assert.Single(Join(
            Report("web-1", Waiting("http", Missing(NeedsValue("db", "db-1", "ip")))),
            Report("db-1") with { FirstContact = Time, LastContact = Time.AddMinutes(2), Address = "10.0.0.7" }).Waits);

        Assert.Equal(
            "web[http].db waits for 'ip' of db (db-1) since 2026-03-01 12:00:00Z: it was last heard of at 2026-03-01 12:02:00Z from 10.0.0.7",
            wait.ToString());
        Assert.True(wait.Provider.IsRegistered);
        Assert.Equal(Time.AddMinutes(2), wait.Provider.LastContact);
        Assert.False(wait.IsHopeless);
    }

    [Fact]
    public void A_provider_that_never_booted_differs_from_one_that_is_slow()
    {
        var wait = Assert.Single(Join(Report("web-1", Waiting("http", Missing(NeedsEnd("ready", "db-1", "mysql")))), Report("db-1")).Waits);

        Assert.Equal("web[http].ready waits for service 'mysql' of db (db-1) to end since 2026-03-01 12:00:00Z: it was never heard of", wait.ToString());
        Assert.Null(wait.Provider.FirstContact);
    }

    [Fact]
    public void A_provider_that_is_not_registered_is_said_to_be_so()
    {
        var wait = Assert.Single(Join(Report("web-1", Waiting("http", Missing(NeedsValue("db", "db-1", "ip"), WaitReason.ProviderUnknown)))).Waits);

        Assert.False(wait.Provider.IsRegistered);
        Assert.Equal("web[http].db waits for 'ip' of db-1 since 2026-03-01 12:00:00Z: no such instance is registered in the deployable", wait.ToString());
    }

    [Fact]
    public void Nothing_is_told_of_a_provider_in_another_deployable()
    {
        var stranger = Report("db-1") with { Deployable = DeployableId.Parse("other"), LastContact = Time };
        var report = Report("web-1", Waiting("http", Missing(NeedsValue("db", "db-1", "ip"), WaitReason.ProviderUnknown)));

        var provider = Assert.Single(StatusJoin.Instance(report, new Dictionary<InstanceId, InstanceReport> { [stranger.Id] = stranger }).Waits).Provider;

        Assert.False(provider.IsRegistered);
        Assert.Null(provider.Name);
        Assert.Null(provider.LastContact);
    }

    [Fact]
    public void A_failed_service_is_visible_to_those_that_wait_for_its_instance()
    {
        var failed = new ServiceReport { Name = "mysql", Status = CompletionStatus.Error, ExitStatus = "1" };
        var wait = Assert.Single(Join(
            Report("web-1", Waiting("http", Missing(NeedsValue("db", "db-1", "ip")))),
            Report("db-1", failed) with { Status = CompletionStatus.Error, LastContact = Time }).Waits);

        Assert.Equal("mysql", Assert.Single(wait.Provider.FailedServices));
        Assert.Equal(CompletionStatus.Error, wait.Provider.Status);
        Assert.EndsWith("; it failed in mysql", wait.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WaitReason.NotDeclared, "it declares nothing of that name, so this will never come")]
    [InlineData(WaitReason.WaitsForItself, "the service waits for its own end, so this will never come")]
    public void A_wait_in_vain_says_so(WaitReason reason, string explanation)
    {
        var wait = Assert.Single(Join(Report("web-1", Waiting("http", Missing(NeedsEnd("x", "web-1", "http"), reason)))).Waits);

        Assert.True(wait.IsHopeless);
        Assert.EndsWith(explanation, wait.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_wait_comes_first()
    {
        var (instances, waits) = Join(
            Report("a-1", Waiting("s", Missing(NeedsValue("young", "c-1", "x"), minutes: 9), Missing(NeedsValue("old", "c-1", "x"), minutes: 1))),
            Report("b-1", Waiting("s", Missing(NeedsValue("oldest", "c-1", "x"), minutes: 0))),
            Report("c-1"));

        Assert.Equal(["oldest", "old", "young"], waits.Select(wait => wait.Parameter));
        Assert.Equal(["a", "b", "c"], instances.Select(instance => instance.Report.Name));
        Assert.Equal(["old", "young"], instances[0].Waits.Select(wait => wait.Parameter));
    }

    private static (ImmutableArray<InstanceStatus> Instances, ImmutableArray<Wait> Waits)
        Join(params InstanceReport[] reports) => StatusJoin.Deployable(reports);
}
