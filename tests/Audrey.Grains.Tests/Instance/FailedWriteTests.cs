using System.Globalization;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Instances;
using Audrey.Grains.Tests.Cluster;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Instance;

[Collection(ClusterCollection.Name)]
public sealed class FailedWriteTests(ClusterFixture fixture)
{
    [Theory, InlineData(FailurePoint.BeforeWrite), InlineData(FailurePoint.AfterWrite)]
    public async Task Values_whose_write_failed_are_not_served_and_a_repeated_PUT_reaches_the_dependents(FailurePoint fault)
    {
        var d = await TwoInstances();
        await d.Provide("db", "ip", "1");
        Assert.Equal("Complete |service|http|parameters|ip&MQ==|", await d.Read("web"));
        var contact = await d.Contact("db");
        fixture.Storage.FailNext("reported", "db-" + d.Tag, fault);

        await Assert.ThrowsAsync<NotDurableException>(() => d.Guest("db").Provide(contact, Values(("ip", "2"))));
        if (fault == FailurePoint.BeforeWrite) Assert.Equal("1", await d.ValueOf("db", "ip"));
        Assert.Equal("Complete |service|http|parameters|ip&MQ==|", await d.Read("web"));

        Assert.True((await d.Guest("db").Provide(contact, Values(("ip", "2")))).Value!.IsComplete);
        Assert.Equal("Complete |service|http|parameters|ip&Mg==|", await d.Read("web"));
    }

    [Theory, InlineData(FailurePoint.BeforeWrite), InlineData(FailurePoint.AfterWrite)]
    public async Task After_a_failed_write_a_new_request_with_the_same_value_reaches_the_dependents(FailurePoint fault)
    {
        var d = await TwoInstances();
        await d.Provide("db", "ip", "1");
        Assert.Equal("Complete |service|http|parameters|ip&MQ==|", await d.Read("web"));
        fixture.Storage.FailNext("reported", "db-" + d.Tag, fault);
        await Assert.ThrowsAsync<NotDurableException>(() => d.Provide("db", "ip", "2"));

        await d.Provide("db", "ip", "2");

        Assert.Equal("Complete |service|http|parameters|ip&Mg==|", await d.Read("web"));
    }

    [Theory, InlineData(FailurePoint.BeforeWrite), InlineData(FailurePoint.AfterWrite)]
    public async Task A_second_registration_that_is_repeated_after_a_failed_write_reaches_the_dependents(FailurePoint fault)
    {
        var d = await TwoInstances();
        await d.Provide("db", "ip", "1");
        Assert.Equal("Complete |service|http|parameters|ip&MQ==|", await d.Read("web"));
        var command = d.Command();
        fixture.Storage.FailNext("definition", "db-" + d.Tag, fault);
        await Assert.ThrowsAsync<NotDurableException>(() => d.Register(d.Config("db", ["ip"]), command));

        Assert.Equal(ConductorOutcome.Done, (await d.Register(d.Config("db", ["ip"]), command)).Outcome);

        Assert.Equal("Incomplete |service|http|parameters|ip&|", await d.Read("web"));
        Assert.Equal(2, (await d.Report("db")).Generation);
    }

    [Theory]
    [InlineData("definition"), InlineData("tarball"), InlineData("members")]
    [InlineData("dependents"), InlineData("deployable"), InlineData("deployables")]
    public async Task If_any_of_its_writes_fails_a_registration_fails_and_can_be_repeated(string state)
    {
        foreach (var fault in Enum.GetValues<FailurePoint>())
        {
            var d = fixture.Deployment("registrar-" + Guid.NewGuid());
            var command = d.Command();
            var config = d.Config("web", ["x"], Service("http", d.From("ip", "db", "ip")));
            fixture.Storage.FailNext(state, state == "deployables" ? d.Conductor.Value : d.Tag, fault);

            await Assert.ThrowsAsync<NotDurableException>(() => d.Register(config, command));
            Assert.Equal(ConductorOutcome.Done, (await d.Register(config, command)).Outcome);

            await d.Register(d.Config("db", ["ip"]));
            await d.Provide("db", "ip", "1");
            Assert.Equal("Complete |service|http|parameters|ip&MQ==|", await d.Read("web"));
            Assert.Equal(d.Id, Assert.Single((await d.Conducts()).Deployables));
            Assert.Equal(2, (await d.Grain.GetReports(0)).Length);
            fixture.Storage.Heal();
        }
    }

    [Theory, InlineData(FailurePoint.BeforeWrite), InlineData(FailurePoint.AfterWrite)]
    public async Task In_version_0_an_address_whose_write_failed_is_pushed_after_the_next_poll(FailurePoint fault)
    {
        var d = await TwoInstances(parameter: "ipaddress");
        await d.Guest("db").GetConfiguration(await d.Contact("db", 0, "a"), null);
        Assert.Equal("Complete |service|http|parameters|ip&YQ==|", await d.Read("web"));
        fixture.Storage.FailNext("reported", "db-" + d.Tag, fault);
        await Assert.ThrowsAsync<NotDurableException>(async () =>
            await d.Guest("db").GetConfiguration(await d.Contact("db", 0, "b"), null));

        await d.Guest("db").GetConfiguration(new(1, 0, "b", Mark(1_900_000_000)), null);

        Assert.Equal("Complete |service|http|parameters|ip&Yg==|", await d.Read("web"));
    }

    [Fact]
    public async Task A_GET_is_answered_even_if_the_write_of_its_contact_fails()
    {
        var d = await TwoInstances();
        fixture.Storage.FailNext("reported", "web-" + d.Tag, FailurePoint.BeforeWrite);

        Assert.False((await d.Get("web")).IsComplete);
    }

    [Fact]
    public async Task After_random_failures_every_dependent_has_the_acknowledged_value_and_none_has_an_unwritten_one()
    {
        var d = await TwoInstances();
        var random = new Random(7);
        for (var n = 0; n < 60; n++)
        {
            if (random.Next(3) == 0)
                fixture.Storage.FailNext(
                    "reported", "db-" + d.Tag, random.Next(2) == 0 ? FailurePoint.BeforeWrite : FailurePoint.AfterWrite);
            if (random.Next(5) == 0) await fixture.Restart(d.Instance(random.Next(2) == 0 ? "db" : "web"));
            var acknowledged = false;
            while (!acknowledged)
            {
                try
                {
                    await d.Provide("db", "ip", n.ToString(CultureInfo.InvariantCulture));
                    acknowledged = true;
                }
                catch (Exception failure) when (TryAgain.After(failure))
                {
                }
            }

            var value = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(n.ToString(CultureInfo.InvariantCulture)));
            Assert.Equal($"Complete |service|http|parameters|ip&{value}|", await d.Read("web"));
        }

        fixture.Storage.Heal();
    }

    private async Task<Deployment> TwoInstances(string parameter = "ip")
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", [parameter]));
        await d.Register(d.Config("web", [], Service("http", d.From("ip", "db", parameter))));
        return d;
    }
}
