using Audrey.Abstractions.Instances;
using Audrey.Core.Completion;
using Audrey.Core.Instances;
using Audrey.Grains.Tests.Cluster;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Instance;

[Collection(ClusterCollection.Name)]
public sealed class AddressTests(ClusterFixture fixture)
{
    [Fact]
    public async Task In_version_0_a_poll_provides_the_address_of_the_guest_to_the_dependents()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ipaddress"]));
        await d.Register(d.Config("web", [], Service("s", d.From("ip", "db", "ipaddress"))));
        Assert.Equal("Incomplete |service|s|parameters|ip&|", await d.Read("web"));

        await d.Guest("db").GetConfiguration(await d.Contact("db", 0, "192.0.2.7"), null);
        Assert.Equal("Complete |service|s|parameters|ip&MTkyLjAuMi43|", await d.Read("web"));

        await d.Guest("db").GetConfiguration(await d.Contact("db", 0, "192.0.2.8"), null);
        Assert.Equal("Complete |service|s|parameters|ip&MTkyLjAuMi44|", await d.Read("web"));
        Assert.Empty((await d.Report("db")).PendingProvided);
    }

    [Fact]
    public async Task An_address_that_the_guest_reports_replaces_the_address_of_the_connection()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ipaddress"]));
        await d.Register(d.Config("web", [], Service("s", d.From("ip", "db", "ipaddress"))));
        await d.Provide("db", "ipaddress", "own");

        await d.Guest("db").GetConfiguration(await d.Contact("db", 0, "192.0.2.7"), null);

        Assert.Equal("Complete |service|s|parameters|ip&b3du|", await d.Read("web"));
    }

    [Fact]
    public async Task From_version_1_on_only_a_PUT_sets_the_address_and_the_address_is_not_a_parameter()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ipaddress", "x"]));
        await d.Guest("db").GetConfiguration(await d.Contact("db", 2, "192.0.2.7"), null);
        Assert.Null((await d.Report("db")).Address);

        await d.Guest("db").Provide(await d.Contact("db", 2, "192.0.2.8"), Values(("x", "1")));
        Assert.Equal("192.0.2.8", (await d.Report("db")).Address);
        Assert.Equal("ipaddress", Assert.Single((await d.Report("db")).PendingProvided));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_captured_poll_of_version_0_does_not_change_the_address(bool restarted)
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ipaddress"]));
        var captured = await d.Contact("db", 0, "192.0.2.7");
        await d.Guest("db").GetConfiguration(captured, null);
        if (restarted) await fixture.Restart(d.Instance("db"));

        await d.Guest("db").GetConfiguration(captured with { Address = "203.0.113.9" }, null);

        Assert.Equal("192.0.2.7", (await d.Report("db")).Address);
    }

    [Fact]
    public async Task An_instance_without_services_has_the_status_success_once_its_values_are_provided()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["a"]));
        Assert.Equal("Complete ||", await d.Read("db"));
        Assert.Equal(CompletionStatus.Incomplete, (await d.Report("db")).Status);

        Assert.True((await d.Guest("db").Provide(await d.Contact("db"), Values(("a", "1"), ("unknown", "2")))).Value!.IsComplete);
        await d.End("db", "no such service", "0");

        var report = await d.Report("db");
        Assert.Equal(CompletionStatus.Success, report.Status);
        Assert.NotNull(report.Completed);
        Assert.Empty(report.Services);
    }

    [Fact]
    public async Task From_version_2_on_the_services_are_listed_after_the_missing_parameters()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["a", "b"], Service("s")));
        Assert.Equal("|a&b|", Text(await d.Guest("db").GetParameters(await d.Contact("db", 1))));
        Assert.Equal("|a&b|s|", Text(await d.Guest("db").GetParameters(await d.Contact("db", 2))));

        await d.Guest("db").Provide(await d.Contact("db"), Values(("a", "1"), ("b", "2")));

        Assert.Equal("||", Text(await d.Guest("db").GetParameters(await d.Contact("db", 1))));
        Assert.Equal("||s|", Text(await d.Guest("db").GetParameters(await d.Contact("db", 2))));
    }

    [Fact]
    public async Task Contact_times_survive_a_restart()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["a"]));
        Assert.Null((await d.Report("db")).FirstContact);
        await d.Get("db");
        await d.Get("db");
        var before = await d.Report("db");
        Assert.True(before.LastContact >= before.FirstContact);

        await fixture.Restart(d.Instance("db"));

        var after = await d.Report("db");
        Assert.Equal((before.FirstContact, before.LastContact), (after.FirstContact, after.LastContact));
    }
}
