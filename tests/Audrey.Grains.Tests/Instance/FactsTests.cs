using System.Globalization;
using Audrey.Core.Events;
using Audrey.Core.Facts;
using Audrey.Grains.Tests.Cluster;
using Audrey.Grains.Tests.Events;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Instance;

/// <summary>The facts that agents report are kept with the instance, and are values of provided parameters.</summary>
[Collection(ClusterCollection.Name)]
public sealed class FactsTests(ClusterFixture fixture)
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_fact_reaches_the_dependent_of_the_provided_parameter_of_the_same_name()
    {
        var d = await Launch();

        Assert.Equal(FactOutcome.Recorded, (await Report(d, Sshd(d, 2222))).Outcome);

        Assert.StartsWith("Complete", await d.Read("web"), StringComparison.Ordinal);
        Assert.Equal("2222", await d.ValueOf("db", "sshd-port"));
    }

    [Fact]
    public async Task A_fact_that_the_document_names_can_be_of_any_agent_and_class()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ssh"]) with { ProvidedFacts = [new("ssh", new("host", "kernel.release"))] });

        await Report(d, new FactReport
        {
            Agent = "matahariproject.org:host:77",
            Class = "host",
            At = At,
            Facts = [new("kernel.release", "\"6.17\"")],
        });

        Assert.Equal("6.17", await d.ValueOf("db", "ssh"));
    }

    [Theory]
    [InlineData("audrey:guest:other", "Sysconfig")]
    [InlineData(null, "Host")]
    public async Task Only_the_guest_itself_and_its_class_Sysconfig_give_values_by_the_same_name(string? agent, string factClass)
    {
        var d = await Launch();
        var report = Sshd(d, 2222) with { Class = factClass };

        Assert.Equal(FactOutcome.Recorded, (await Report(d, agent is null ? report : report with { Agent = agent })).Outcome);

        Assert.Null(await d.ValueOf("db", "sshd-port"));
    }

    [Fact]
    public async Task A_configured_fact_is_a_value_only_while_the_observed_fact_is_equal()
    {
        var d = await Launch();
        await Report(d, Sshd(d, 22, observed: 22));
        await Report(d, Sshd(d, 2222, observed: 22, after: 1));
        Assert.Equal("22", await d.ValueOf("db", "sshd-port"));

        await Report(d, Sshd(d, 2222, observed: 2222, after: 2));

        Assert.Equal("2222", await d.ValueOf("db", "sshd-port"));
    }

    [Fact]
    public async Task A_fact_without_a_value_gives_nothing_and_takes_nothing_away()
    {
        var d = await Launch();
        await Report(d, Sshd(d, 22));

        var unknown = Sshd(d, 22, after: 1) with { Facts = [new("sshd-port", null, "sshd is not installed")] };
        Assert.Equal(FactOutcome.Recorded, (await Report(d, unknown)).Outcome);

        Assert.Equal("22", await d.ValueOf("db", "sshd-port"));
        Assert.Equal("sshd is not installed", (await Facts(d)).Reports.Single().Find("sshd-port")!.Reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task A_report_that_is_not_newer_changes_nothing_and_writes_nothing(int after)
    {
        var d = await Launch();
        await Report(d, Sshd(d, 22));
        var writes = Writes(d);

        Assert.Equal(FactOutcome.Unchanged, (await Report(d, Sshd(d, 2222, after: after))).Outcome);

        Assert.Equal(writes, Writes(d));
        Assert.Equal("22", await d.ValueOf("db", "sshd-port"));
    }

    [Fact]
    public async Task A_newer_report_of_the_same_facts_writes_nothing_and_is_remembered_until_a_restart_and_after_it()
    {
        var d = await Launch();
        await Report(d, Sshd(d, 22));
        var writes = Writes(d);

        Assert.Equal(FactOutcome.Unchanged, (await Report(d, Sshd(d, 22, after: 60))).Outcome);

        Assert.Equal(writes, Writes(d));
        await fixture.Restart(d.Guest("db"));
        Assert.Equal(At.AddSeconds(60), (await Facts(d)).Reports.Single().At);
    }

    [Fact]
    public async Task A_change_is_one_write_together_with_the_value()
    {
        var d = await Launch();
        await Report(d, Sshd(d, 22));
        var writes = Writes(d);

        await Report(d, Sshd(d, 2222, after: 1));

        Assert.Equal(writes + 1, Writes(d));
    }

    [Fact]
    public async Task Facts_and_their_values_survive_a_restart()
    {
        var d = await Launch();
        await Report(d, Sshd(d, 2222));

        await fixture.Restart(d.Guest("db"));

        Assert.Equal("2222", (await Facts(d)).Reports.Single().Find("sshd-port")!.Value);
        Assert.Equal("2222", await d.ValueOf("db", "sshd-port"));
    }

    [Fact]
    public async Task The_same_value_over_HTTP_and_as_a_fact_counts_once()
    {
        var d = await Launch();
        await d.Provide("db", "sshd-port", "22");
        var version = (await d.Provider("db").GetSnapshot(d.Id, 1)).Version;

        await Report(d, Sshd(d, 22));
        await d.Provide("db", "sshd-port", "22");

        Assert.Equal(version, (await d.Provider("db").GetSnapshot(d.Id, 1)).Version);
    }

    [Fact]
    public async Task Facts_belong_to_a_generation()
    {
        var d = await Launch();
        await Report(d, Sshd(d, 22), generation: 1);
        await d.Instance("db").Replace(d.Command(), "another secret");

        Assert.Empty((await Facts(d)).Reports);
        Assert.Null(await d.ValueOf("db", "sshd-port"));
        Assert.Equal(FactOutcome.OtherGeneration, (await Report(d, Sshd(d, 22, after: 1), generation: 1)).Outcome);
        Assert.Equal(FactOutcome.OtherGeneration, (await d.Guest("db").ObserveHeartbeat(1, "a:b:c", TimeSpan.FromSeconds(1))).Outcome);
        Assert.Equal(FactOutcome.Recorded, (await Report(d, Sshd(d, 22, after: 1), generation: 2)).Outcome);
    }

    [Fact]
    public async Task Facts_about_an_instance_that_is_not_registered_are_refused()
    {
        var d = fixture.Deployment();

        Assert.Equal(FactOutcome.NotRegistered, (await Report(d, Sshd(d, 22))).Outcome);
        Assert.Equal(FactOutcome.NotRegistered, (await d.Guest("db").ObserveHeartbeat(null, "a:b:c", TimeSpan.FromSeconds(1))).Outcome);
        Assert.Null(await d.Instance("db").GetFacts());
    }

    [Fact]
    public async Task A_report_that_breaks_a_rule_is_refused_with_the_rule()
    {
        var d = await Launch();
        var answer = await Report(d, Sshd(d, 22) with { Facts = [new("sshd-port", "{")] });

        Assert.Equal(FactOutcome.Refused, answer.Outcome);
        Assert.Equal(
            "the value of Sysconfig.sshd-port is not JSON of at most 16 levels, with valid Unicode and unique names",
            Assert.Single(answer.Problems));
        Assert.Empty((await Facts(d)).Reports);
    }

    [Fact]
    public async Task A_change_of_facts_is_an_event_with_their_names()
    {
        var d = await Launch();
        await Report(d, Sshd(d, 22));
        await Report(d, Sshd(d, 2222, after: 1));

        var told = await new EventsReader(fixture.Grains, d).Until(EventKind.FactsChanged, "db");
        Assert.Equal("Sysconfig.sshd-port", Assert.Single(told[^1].Details.Names));
    }

    [Fact]
    public async Task The_value_of_a_secret_parameter_is_not_shown()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["sshd-port"]) with { SecretParameters = ["sshd-port"] });
        await Report(d, Sshd(d, 2222, observed: 2222));

        Assert.Equal("2222", await d.ValueOf("db", "sshd-port"));
        var report = (await Facts(d)).Reports.Single();
        Assert.All(report.Facts, fact => Assert.Equal((null, "the value is secret"), (fact.Value, fact.Reason)));
        Assert.DoesNotContain("2222", report.ToString(), StringComparison.Ordinal);
    }

    private async Task<Deployment> Launch()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["sshd-port"]));
        await d.Register(d.Config("web", null, Service("ssh", d.From("ssh_port", "db", "sshd-port"))));
        return d;
    }

    private int Writes(Deployment d) => fixture.Storage.Writes(d.InstanceId("db").Value, "reported");

    private static async Task<KeptFacts> Facts(Deployment d) => (await d.Instance("db").GetFacts())!;

    private static Task<FactAnswer> Report(Deployment d, FactReport report, long? generation = null) =>
        d.Guest("db").ObserveFacts(generation, report);

    private static FactReport Sshd(Deployment d, int port, int? observed = null, int after = 0) => new()
    {
        Agent = FactReport.AgentOf(d.InstanceId("db")),
        Class = "Sysconfig",
        At = At.AddSeconds(after),
        Facts = observed is { } seen
            ? [new("sshd-port", Text(port)), new("sshd-port-observed", Text(seen))]
            : [new("sshd-port", Text(port))],
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
