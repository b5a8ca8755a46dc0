using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using static Audrey.Core.Tests.Statuses.Reports;

namespace Audrey.Core.Tests.Statuses;

public sealed class MissingValueTests
{
    [Fact]
    public void The_sentence_names_the_parameter_the_provider_since_when_and_the_providers_last_contact()
    {
        var missing = Assert.Single(StatusOf(
            Report("web-1", Waiting("http", MissingParameter("db", "db-1", "ip"))),
            Report("db-1") with { FirstContact = Time, LastContact = Time.AddMinutes(2), Address = "10.0.0.7" }).Waits);

        Assert.Equal(
            "web[http].db waits for 'ip' of db (db-1) since 2026-03-01 12:00:00Z: it was last heard of at 2026-03-01 12:02:00Z from "
                + "10.0.0.7",
            missing.ToString());
        Assert.Equal("waits for 'ip' of db (db-1), which was last heard of at 2026-03-01 12:02:00Z", missing.Detail);
        Assert.True(missing.Provider.IsRegistered);
        Assert.Equal(Time.AddMinutes(2), missing.Provider.LastContact);
        Assert.False(missing.IsHopeless);
    }

    [Fact]
    public void A_provider_that_never_booted_differs_from_one_that_is_slow()
    {
        var missing = Assert.Single(StatusOf(Report("web-1", Waiting("http", MissingEnd("ready", "db-1", "mysql"))), Report("db-1")).Waits);

        Assert.Equal(
            "web[http].ready waits for service 'mysql' of db (db-1) to end since 2026-03-01 12:00:00Z: it was never heard of",
            missing.ToString());
        Assert.Equal("waits for the end of service 'mysql' of db (db-1), which was never heard of", missing.Detail);
        Assert.Null(missing.Provider.FirstContact);
    }

    [Fact]
    public void A_provider_that_is_not_registered_is_reported_as_such()
    {
        var missing = Assert.Single(
            StatusOf(Report("web-1", Waiting("http", MissingParameter("db", "db-1", "ip", WaitReason.ProviderUnknown)))).Waits);

        Assert.False(missing.Provider.IsRegistered);
        Assert.Equal(
            "web[http].db waits for 'ip' of db-1 since 2026-03-01 12:00:00Z: no such instance is registered in the deployable",
            missing.ToString());
        Assert.Equal("waits for 'ip' of db-1, which is not registered", missing.Detail);
    }

    [Fact]
    public void Nothing_is_shown_about_a_provider_in_another_deployable()
    {
        var stranger = Report("db-1") with { Deployable = DeployableId.Parse("other"), LastContact = Time };
        var report = Report("web-1", Waiting("http", MissingParameter("db", "db-1", "ip", WaitReason.ProviderUnknown)));

        var provider = Assert.Single(
            report.ToStatus(new Dictionary<InstanceId, InstanceReport> { [stranger.Id] = stranger }).Waits).Provider;

        Assert.False(provider.IsRegistered);
        Assert.Null(provider.Assembly);
        Assert.Null(provider.LastContact);
    }

    [Fact]
    public void Nothing_is_said_about_contacts_of_a_provider_that_was_not_asked() => Assert.Equal(
        "waits for 'ip' of db-1",
        Assert.Single(StatusReports.ToStatus(
            Report("web-1", Waiting("http", MissingParameter("db", "db-1", "ip"))),
            new Dictionary<InstanceId, InstanceReport>()).Waits).Detail);

    [Fact]
    public void A_failed_service_is_shown_to_those_that_wait_for_its_instance()
    {
        var failed = new ServiceReport { Name = "mysql", Status = CompletionStatus.Error, ExitStatus = "1" };
        var missing = Assert.Single(StatusOf(
            Report("web-1", Waiting("http", MissingParameter("db", "db-1", "ip"))),
            Report("db-1", failed) with { Status = CompletionStatus.Error, LastContact = Time }).Waits);

        Assert.Equal(new ServiceFailure("db-1", "mysql", "1"), Assert.Single(missing.Provider.Failed!));
        Assert.Equal(CompletionStatus.Error, missing.Provider.Status);
        Assert.EndsWith("; it failed in mysql", missing.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        WaitReason.NotDeclared,
        "it declares nothing of that name, so this will never come",
        "waits for the end of service 'http' of web (web-1), which does not declare it: it will never come")]
    [InlineData(
        WaitReason.WaitsForItself,
        "the service waits for its own end, so this will never come",
        "waits for its own end: it will never come")]
    public void A_value_that_will_never_come_is_hopeless(WaitReason reason, string explanation, string detail)
    {
        var missing = Assert.Single(StatusOf(Report("web-1", Waiting("http", MissingEnd("x", "web-1", "http", reason)))).Waits);

        Assert.True(missing.IsHopeless);
        Assert.EndsWith(explanation, missing.ToString(), StringComparison.Ordinal);
        Assert.Equal(detail, missing.Detail);
    }

    [Fact]
    public void A_value_of_a_group_says_how_many_members_have_given_theirs()
    {
        var peers = MissingParameter("peers", "web", "ip") with { Group = "web", HasAlternatives = true, Count = new(2, 3, 5) };
        var missing = Assert.Single(StatusOf(Report("lb", Waiting("proxy", peers)), Report("web")).Waits);

        Assert.Equal(
            "lb[proxy].peers waits for 'ip' of web (web), or another of group 'web' (2 of at least 3 are there), since 2026-03-01 "
                + "12:00:00Z: it was never heard of",
            missing.ToString());
        Assert.Equal("waits for 'ip' of web (web), which was never heard of (2 of at least 3 are there of group 'web')", missing.Detail);
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
