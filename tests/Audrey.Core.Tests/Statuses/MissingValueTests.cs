using Audrey.Core.Completion;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using static Audrey.Core.Tests.Statuses.Reports;

namespace Audrey.Core.Tests.Statuses;

public sealed class MissingValueTests
{
    [Fact]
    public void The_sentence_has_the_parameter_the_provider_the_start_of_the_wait_and_the_last_contact()
    {
        var missing = Assert.Single(StatusOf(
            Report("web-1", Waiting("http", MissingParameter("db", "db-1", "ip"))),
            Report("db-1") with { FirstContact = Time, LastContact = Time.AddMinutes(2), Address = "10.0.0.7" }).Waits);

        Assert.Equal(
            "web[http].db waits for 'ip' of db (db-1) since 2026-03-01 12:00:00Z: it was last heard from at 2026-03-01 12:02:00Z from "
                + "10.0.0.7",
            missing.ToString());
        Assert.Equal("waits for 'ip' of db (db-1), which was last heard from at 2026-03-01 12:02:00Z", missing.Detail);
        Assert.True(missing.Provider!.IsRegistered);
        Assert.Equal(Time.AddMinutes(2), missing.Provider!.LastContact);
        Assert.False(missing.IsHopeless);
    }

    [Fact]
    public void The_sentences_for_an_unbooted_and_a_slow_provider_differ()
    {
        var missing = Assert.Single(StatusOf(Report("web-1", Waiting("http", MissingEnd("ready", "db-1", "mysql"))), Report("db-1")).Waits);

        Assert.Equal(
            "web[http].ready waits for service 'mysql' of db (db-1) to end since 2026-03-01 12:00:00Z: it was never heard from",
            missing.ToString());
        Assert.Equal("waits for the end of service 'mysql' of db (db-1), which was never heard from", missing.Detail);
        Assert.Null(missing.Provider!.FirstContact);
    }

    [Fact]
    public void The_sentence_shows_that_a_provider_is_not_registered()
    {
        var missing = Assert.Single(
            StatusOf(Report("web-1", Waiting("http", MissingParameter("db", "db-1", "ip", WaitReason.ProviderUnknown)))).Waits);

        Assert.False(missing.Provider!.IsRegistered);
        Assert.Equal(
            "web[http].db waits for 'ip' of db-1 since 2026-03-01 12:00:00Z: no such instance is registered in the deployable",
            missing.ToString());
        Assert.Equal("waits for 'ip' of db-1, which is not registered", missing.Detail);
    }

    [Fact]
    public void The_sentence_shows_no_data_of_a_provider_in_another_deployable()
    {
        var stranger = Report("db-1") with { Deployable = DeployableId.Parse("other"), LastContact = Time };
        var report = Report("web-1", Waiting("http", MissingParameter("db", "db-1", "ip", WaitReason.ProviderUnknown)));

        var provider = Assert.Single(
            report.ToStatus(new Dictionary<InstanceId, InstanceReport> { [stranger.Id] = stranger }).Waits).Provider!;

        Assert.False(provider.IsRegistered);
        Assert.Null(provider.Assembly);
        Assert.Null(provider.LastContact);
    }

    [Fact]
    public void If_no_data_of_the_provider_is_available_the_sentence_has_no_contact_time() => Assert.Equal(
        "waits for 'ip' of db-1",
        Assert.Single(StatusReports.ToStatus(
            Report("web-1", Waiting("http", MissingParameter("db", "db-1", "ip"))),
            new Dictionary<InstanceId, InstanceReport>()).Waits).Detail);

    [Fact]
    public void A_missing_value_shows_the_failed_services_of_its_provider()
    {
        var failed = new ServiceReport { Name = "mysql", Status = CompletionStatus.Error, ExitStatus = "1" };
        var missing = Assert.Single(StatusOf(
            Report("web-1", Waiting("http", MissingParameter("db", "db-1", "ip"))),
            Report("db-1", failed) with { LastContact = Time }).Waits);

        Assert.Equal(new ServiceFailure("db-1", "mysql", "1"), Assert.Single(missing.Provider!.Failed!));
        Assert.Equal(CompletionStatus.Error, missing.Provider!.Status);
        Assert.EndsWith("; its failed services are mysql", missing.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        WaitReason.NotDeclared,
        "it does not declare that name, so the value will never arrive",
        "waits for the end of service 'http' of web (web-1), which does not declare it; the value will never arrive")]
    [InlineData(
        WaitReason.WaitsForItself,
        "the service waits for its own end, so the value will never arrive",
        "waits for its own end; the value will never arrive")]
    public void A_value_that_will_never_be_available_is_hopeless(WaitReason reason, string explanation, string detail)
    {
        var missing = Assert.Single(StatusOf(Report("web-1", Waiting("http", MissingEnd("x", "web-1", "http", reason)))).Waits);

        Assert.True(missing.IsHopeless);
        Assert.EndsWith(explanation, missing.ToString(), StringComparison.Ordinal);
        Assert.Equal(detail, missing.Detail);
    }

    [Fact]
    public void A_value_of_a_group_shows_how_many_members_have_given_their_values()
    {
        var peers = MissingParameter("peers", "web", "ip") with { Group = "web", HasAlternatives = true, Count = new(2, 3, 5) };
        var missing = Assert.Single(StatusOf(Report("lb", Waiting("proxy", peers)), Report("web")).Waits);

        Assert.Equal(
            "lb[proxy].peers waits for 'ip' of web (web), or another member of group 'web' (2 of at least 3 values are available), "
                + "since 2026-03-01 12:00:00Z: it was never heard from",
            missing.ToString());
        Assert.Equal(
            "waits for 'ip' of web (web), which was never heard from (2 of at least 3 values of group 'web' are available)",
                missing.Detail);
    }

    [Theory]
    [InlineData(1, 2, "'ip' of at least 2 members of group 'web'", "has 1", "at least 2")]
    [InlineData(0, 1, "'ip' of at least 1 member of group 'web'", "has 0", "at least 1")]
    public void A_group_that_is_too_small_is_named_with_its_size_and_no_provider(
        int size, int needed, string what, string has, string scaledTo)
    {
        var small = MissingParameter("peers", "any", "ip", WaitReason.GroupTooSmall) with
        {
            Group = "web",
            Count = new(size, needed, size),
        };
        var report = Report("lb", Waiting("proxy", small));

        var missing = Assert.Single(StatusOf(report).Waits);

        Assert.Null(missing.Provider);
        Assert.False(missing.IsHopeless);
        Assert.Empty(report.GetProviders());
        Assert.Equal(
            $"lb[proxy].peers waits for {what} since 2026-03-01 12:00:00Z: the group {has}, so it must be scaled to {scaledTo}",
            missing.ToString());
        Assert.Equal($"waits for {what}, which {has}; the value can arrive only after the group has grown", missing.Detail);
    }

    [Fact]
    public void The_longest_wait_comes_first()
    {
        var status = StatusOf(
            Report("a-1", Waiting("s", MissingParameter("young", "c-1", "x", minutes: 9), MissingParameter("old", "c-1", "x", minutes: 1))),
            Report("b-1", Waiting("s", MissingParameter("oldest", "c-1", "x", minutes: 0))),
            Report("c-1"));

        Assert.Equal(["oldest", "old", "young"], status.Waits.Select(missing => missing.Parameter));
        Assert.Equal(["old", "young"], status.Instances[0].Waits.Select(missing => missing.Parameter));
    }
}
