using System.Globalization;
using System.Text;
using Audrey.Abstractions.Instances;
using Audrey.Core.Documents;
using Audrey.Grains.Tests.Cluster;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Propagation;

[Collection(ClusterCollection.Name)]
public sealed class PropagationTests(ClusterFixture fixture)
{
    [Fact]
    public async Task A_service_that_a_failure_held_back_is_complete_for_old_guests_after_another_success()
    {
        var d = fixture.Deployment();
        var after = d.Of("after", ["db0", "db1"], "mysql", ofService: true, first: 1) with { OnFailed = FailurePolicy.Stop };
        foreach (var name in new[] { "db0", "db1" }) await d.Register(d.Config(name, [], Service("mysql")));
        await d.Register(d.Config("web", [], Service("http", after)));
        await d.End("db0", "mysql", "9");
        Assert.StartsWith("Incomplete", await d.Read("web"), StringComparison.Ordinal);
        Assert.StartsWith("Incomplete", await d.Read("web", "http"), StringComparison.Ordinal);

        await d.End("db1", "mysql", "0");

        Assert.StartsWith("Complete", await d.Read("web"), StringComparison.Ordinal);
        Assert.StartsWith("Complete", await d.Read("web", "http"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_dependent_of_an_instance_receives_later_changes()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ip"]));
        await d.Provide("db", "ip", "1");
        using var pushes = fixture.Calls.Watch("Publish", d.Tag);
        await d.Provide("db", "ip", "2");
        Assert.Equal(0, pushes.Arrivals);

        await d.Register(d.Config("web", [], Service("http", d.From("ip", "db", "ip"))));
        Assert.Equal("Complete |service|http|parameters|ip&Mg==|", await d.Read("web"));
        await d.Provide("db", "ip", "3");

        Assert.Equal("Complete |service|http|parameters|ip&Mw==|", await d.Read("web"));
        Assert.Equal(1, pushes.Arrivals);
    }

    [Fact]
    public async Task A_dependent_is_complete_once_its_last_value_is_acknowledged()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ip", "port"]));
        await d.Register(d.Config("web", [],
            Service("http", d.Given("name", "w"), d.From("ip", "db", "ip"), d.From("port", "db", "port"))));

        Assert.Equal("Incomplete |service|http|parameters|name&dw==|ip&|port&|", await d.Read("web"));
        await d.Provide("db", "ip", "10.0.0.1");
        Assert.Equal("Incomplete |service|http|parameters|name&dw==|ip&MTAuMC4wLjE=|port&|", await d.Read("web"));
        await d.Provide("db", "port", "5432");
        Assert.Equal("Complete |service|http|parameters|name&dw==|ip&MTAuMC4wLjE=|port&NTQzMg==|", await d.Read("web"));
    }

    [Fact]
    public async Task Two_instances_that_refer_to_each_other_both_become_complete()
    {
        var d = fixture.Deployment();
        await Task.WhenAll(
            d.Register(d.Config("a", ["x"], Service("s", d.From("y", "b", "y")))),
            d.Register(d.Config("b", ["y"], Service("s", d.From("x", "a", "x")))));

        await Task.WhenAll(d.Provide("a", "x", "1"), d.Provide("b", "y", "2"));

        Assert.Equal("Complete |service|s|parameters|y&Mg==|", await d.Read("a"));
        Assert.Equal("Complete |service|s|parameters|x&MQ==|", await d.Read("b"));
    }

    // R: the dependent is registered. r: the provider is registered. p: the provider sends a PUT. g: the dependent polls.
    [Theory]
    [InlineData("Rrp"), InlineData("rRp"), InlineData("rpR"), InlineData("Rgrp"), InlineData("Rrgp")]
    [InlineData("rRgp"), InlineData("Rgrgp")]
    [InlineData("Rgrpg"), InlineData("rpRg"), InlineData("rgRp")]
    public async Task After_any_order_of_registrations_PUTs_and_polls_the_dependent_is_complete_on_its_next_poll(string order)
    {
        var d = fixture.Deployment();
        foreach (var step in order)
        {
            switch (step)
            {
                case 'R':
                    await d.Register(
                    d.Config("web", [], Service("http", d.From("ip", "db", "ip"), d.After("up", "db", "mysql")))); break;
                case 'r': await d.Register(d.Config("db", ["ip"], Service("mysql"))); break;
                case 'p': await Task.WhenAll(d.Provide("db", "ip", "1"), d.End("db", "mysql", "0")); break;
                default: await d.Get("web"); break;
            }
        }

        Assert.Equal("Complete |service|http|parameters|ip&MQ==|up&MA==|", await d.Read("web"));
    }

    [Fact]
    public async Task Answers_follow_a_changing_value_and_never_contain_an_older_value_than_before()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["n"]));
        await d.Register(d.Config("web", [], Service("http", d.From("n", "db", "n"))));
        await d.Provide("db", "n", "0");
        var last = 0;
        var stop = false;
        var polls = Task.Run(async () =>
        {
            for (var seen = 0; !Volatile.Read(ref stop);)
            {
                var now = Number((await d.Get("web")).Body);
                Assert.True(now >= seen, $"{now} after {seen}");
                seen = now;
            }
        });

        for (var n = 1; n <= 30; n++)
        {
            await d.Provide("db", "n", n.ToString(CultureInfo.InvariantCulture));
            last = Number((await d.Get("web")).Body);
            Assert.Equal(n, last);
        }

        Volatile.Write(ref stop, true);
        await polls;

        static int Number(byte[] body) => int.Parse(
            Encoding.UTF8.GetString(Convert.FromBase64String(Encoding.UTF8.GetString(body).Split('&')[1].TrimEnd('|'))),
                CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task The_end_of_a_service_is_a_value_and_another_exit_status_replaces_it()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", [], Service("mysql"), Service("backup")));
        await d.Register(d.Config("web", [], Service("http", d.After("db", "db", "mysql"))));

        await d.End("db", "backup", "0");
        Assert.Equal("Incomplete |service|http|parameters|db&|", await d.Read("web"));
        await d.End("db", "mysql", "1");
        Assert.Equal("Complete |service|http|parameters|db&MQ==|", await d.Read("web"));
        await d.End("db", "mysql", "0");
        Assert.Equal("Complete |service|http|parameters|db&MA==|", await d.Read("web"));
    }

    [Fact]
    public async Task A_service_that_waits_for_itself_is_never_complete_and_the_report_has_the_reason()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("a", ["x"], Service("s", d.After("me", "a", "s")),
            Service("t", d.After("other", "a", "s"), d.From("own", "a", "x"))));

        Assert.Equal("me WaitsForItself", await d.Waits("a", "s"));
        await d.Provide("a", "x", "1");
        await d.End("a", "s", "0");

        Assert.Equal("Incomplete |service|s|parameters|me&|", await d.Read("a", "s"));
        Assert.Equal("me WaitsForItself", await d.Waits("a", "s"));
        Assert.Equal("Complete |service|t|parameters|own&MQ==|other&MA==|", await d.Read("a", "t"));
    }

    [Fact]
    public async Task A_report_has_the_reason_for_each_missing_value()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ip"], Service("mysql")));
        await d.Register(d.Config("web", [], Service(
            "http", d.From("a", "db", "ip"), d.From("b", "db", "typo"), d.From("c", "nobody", "ip"), d.After("d", "db", "mysql"),
                d.After("e", "db", "typo"))));

        Assert.Equal("a NotGivenYet, b NotDeclared, c ProviderUnknown, d NotGivenYet, e NotDeclared", await d.Waits("web", "http"));
    }

    [Fact]
    public async Task An_instance_of_another_deployable_provides_no_value()
    {
        var (d, other) = (fixture.Deployment(), fixture.Deployment());
        await other.Register(other.Config("db", ["ip"]));
        await other.Provide("db", "ip", "1");
        await d.Register(d.Config("web", [], Service("http", other.From("ip", "db", "ip"))));

        Assert.Equal("Incomplete |service|http|parameters|ip&|", await d.Read("web"));
        Assert.Equal("ip ProviderUnknown", await d.Waits("web", "http"));
        await other.Provide("db", "ip", "2");
        Assert.Equal("Incomplete |service|http|parameters|ip&|", await d.Read("web"));
    }

    [Fact]
    public async Task A_PUT_causes_one_write_for_any_number_of_dependents()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ip"]));
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
            d.Register(d.Config($"web{i}", [], Service("http", d.From("ip", "db", "ip"))))));
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => d.Get($"web{i}")));
        var before = fixture.Storage.Writes(d.Tag);

        await d.Provide("db", "ip", "10.0.0.1");

        Assert.Equal(before + 1, fixture.Storage.Writes(d.Tag));
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => d.Get($"web{i}")));
        Assert.All(answers, answer => Assert.True(answer.IsComplete));
        Assert.Equal(before + 1, fixture.Storage.Writes(d.Tag));
    }

    [Fact]
    public async Task A_poll_of_an_unchanged_instance_writes_no_row_and_returns_the_same_body()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ip"]));
        await d.Register(d.Config("web", ["own"], Service("http", d.From("ip", "db", "ip"))));
        await d.Provide("db", "ip", "10.0.0.1");
        await d.Get("web");
        var before = fixture.Storage.Writes(d.Tag);

        // The calls stay within the silo, because a body that travels between silos is copied to a new array.
        var web = fixture.Local(d.Guest("web"));
        var body = (await web.GetConfiguration(await d.Contact("web"), null)).Value!.Body;
        var one = (await web.GetConfiguration(await d.Contact("web"), "http")).Value!.Body;
        var missing = (await web.GetParameters(await d.Contact("web"))).Value!.Body;
        var writes = fixture.Storage.Writes(d.Tag);
        for (var i = 0; i < 20; i++)
        {
            Assert.Same(body, (await web.GetConfiguration(await d.Contact("web"), null)).Value!.Body);
            Assert.Same(one, (await web.GetConfiguration(await d.Contact("web"), "http")).Value!.Body);
            Assert.Same(missing, (await web.GetParameters(await d.Contact("web"))).Value!.Body);
        }

        Assert.Equal(before + 1, writes); // One of the writes records the start of the service.
        Assert.Equal(writes, fixture.Storage.Writes(d.Tag));
    }

    [Fact]
    public async Task A_dependent_that_cannot_be_reached_delays_neither_the_acknowledgement_nor_other_dependents()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ip"]));
        await d.Register(d.Config("deaf", [], Service("http", d.From("ip", "db", "ip"))));
        await d.Register(d.Config("web", [], Service("http", d.From("ip", "db", "ip"))));
        await Task.WhenAll(d.Get("deaf"), d.Get("web"));
        using var deaf = fixture.Calls.Close("Receive", "deaf-" + d.Tag);

        await d.Provide("db", "ip", "1");
        await deaf.Arrived;
        Assert.Equal("Complete |service|http|parameters|ip&MQ==|", await d.Read("web"));
        await d.Provide("db", "ip", "2");
        Assert.Equal("Complete |service|http|parameters|ip&Mg==|", await d.Read("web"));
    }

    [Fact]
    public async Task A_dependent_whose_push_is_delayed_receives_the_newest_value_and_later_values()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ip"]));
        await d.Register(d.Config("late", [], Service("http", d.From("ip", "db", "ip"))));
        await d.Get("late");
        using var held = fixture.Calls.Close("Receive", "late-" + d.Tag);
        await d.Provide("db", "ip", "1");
        await held.Arrived;
        await d.Provide("db", "ip", "2");
        Assert.Equal(1, held.Arrivals);

        // A new barrier does not see the call that is already held, so this barrier watches the next call.
        using var second = fixture.Calls.Watch("Receive", "late-" + d.Tag);
        held.Dispose();
        await second.Passed;
        Assert.Equal("Complete |service|http|parameters|ip&Mg==|", await d.Read("late"));

        await d.Provide("db", "ip", "3");
        Assert.Equal("Complete |service|http|parameters|ip&Mw==|", await d.Read("late"));
    }

    [Fact]
    public async Task A_failed_push_is_retried_until_the_dependent_has_the_snapshot()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ip"]));
        await d.Register(d.Config("web", [], Service("http", d.From("ip", "db", "ip"))));
        await d.Provide("db", "ip", "1");
        Assert.Equal("Complete |service|http|parameters|ip&MQ==|", await d.Read("web"));
        using var cut = fixture.Calls.Close("Receive", "web-" + d.Tag);
        await d.Provide("db", "ip", "2");
        await cut.Arrived;
        Assert.Equal("Complete |service|http|parameters|ip&MQ==|", await d.Read("web"));

        using var again = fixture.Calls.Watch("Receive", "web-" + d.Tag);
        cut.Break();
        cut.Dispose();
        await again.Passed;

        Assert.Equal("Complete |service|http|parameters|ip&Mg==|", await d.Read("web"));
    }

    [Fact]
    public async Task A_push_activates_dependents_and_reaches_moved_dependents()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ip"]));
        await d.Register(d.Config("web", [], Service("http", d.From("ip", "db", "ip"))));
        await d.Provide("db", "ip", "1");
        Assert.Equal("Complete |service|http|parameters|ip&MQ==|", await d.Read("web"));

        await fixture.Restart(d.Instance("web"));
        await d.Provide("db", "ip", "2");
        Assert.Equal("Complete |service|http|parameters|ip&Mg==|", await d.Read("web"));

        await fixture.MoveToOtherSilo(d.Instance("web"));
        await d.Provide("db", "ip", "3");
        Assert.Equal("Complete |service|http|parameters|ip&Mw==|", await d.Read("web"));
    }

    [Fact]
    public async Task If_a_push_is_lost_because_the_activation_ended_the_repeated_PUT_pushes_again()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ip"]));
        await d.Register(d.Config("web", [], Service("http", d.From("ip", "db", "ip"))));
        await d.Provide("db", "ip", "1");
        Assert.Equal("Complete |service|http|parameters|ip&MQ==|", await d.Read("web"));
        var contact = await d.Contact("db");
        using (var cut = fixture.Calls.Close("Publish", d.Tag))
        {
            await d.Guest("db").Provide(contact, Values(("ip", "2")));
            await cut.Arrived;
            await fixture.Restart(d.Instance("db"));
            cut.Break();
        }

        await d.Guest("db").Provide(contact, Values(("ip", "2")));

        Assert.Equal("Complete |service|http|parameters|ip&Mg==|", await d.Read("web"));
    }
}
