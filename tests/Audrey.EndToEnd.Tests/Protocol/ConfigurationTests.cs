using Audrey.EndToEnd.Tests.Support;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Protocol;

[Collection(ServerCollection.Name)]
public sealed class ConfigurationTests(ServerFixture server)
{
    [Fact]
    public async Task The_status_is_200_for_a_complete_configuration_and_202_for_an_incomplete_one()
    {
        var (web, db, deployable) = (NewId("web"), NewId("db"), NewId("deployable"));
        var service = Service("http", Refers("dbport", db, "port"), Value("listen", "80"));
        var guest = await server.Register(web, Services(service), deployable);
        var before = await guest.Get($"/configs/2/{web}");
        Assert.Equal((202, $"|service|http|parameters|listen&{Base64("80")}|dbport&|"), (before.Status, before.Text));

        var provider = await server.Register(db, Provides("port"), deployable);
        Assert.Equal(202, (await guest.Get($"/configs/2/{web}")).Status);
        await provider.Put($"/params/2/{db}", $"|port&{Base64("3306")}|");

        var after = await guest.Get($"/configs/2/{web}");
        Assert.Equal((200, $"|service|http|parameters|listen&{Base64("80")}|dbport&{Base64("3306")}|"), (after.Status, after.Text));
        Assert.Equal("text/plain;charset=utf-8", after.ContentType);
    }

    [Fact]
    public async Task Given_values_come_first_then_references_to_parameters_then_references_to_services()
    {
        var (uuid, deployable) = (NewId("order"), NewId("deployable"));
        var guest = await server.Register(
            uuid,
            Provides("p") + Services(
                Service(
                    "one", RefersToEnd("e1", uuid, "two"), Refers("r1", uuid, "p"), Value("v2", "2"), RefersToEnd("e2", uuid, "two"),
                    Value("v1", "1"), Refers("r2", uuid, "p")),
                Service("two")),
            deployable);
        Assert.Equal(
            $"|service|one|parameters|v2&{Base64("2")}|v1&{Base64("1")}|r1&|r2&|e1&|e2&|service|two|",
            (await guest.Get($"/configs/2/{uuid}")).Text);
    }

    [Fact]
    public async Task A_request_for_one_service_returns_only_its_own_parameters()
    {
        var uuid = NewId("own");
        var services = Services(Service("one", Value("a", "1")), Service("two", Value("b", "2")), Service("three"));
        var guest = await server.Register(uuid, services, NewId("deployable"));
        Assert.Equal($"|service|one|parameters|a&{Base64("1")}|", (await guest.Get($"/configs/2/{uuid}/one")).Text);
        Assert.Equal($"|service|two|parameters|b&{Base64("2")}|", (await guest.Get($"/configs/2/{uuid}/two")).Text);
        Assert.Equal("|service|three|", (await guest.Get($"/configs/2/{uuid}/three")).Text);
        Assert.Equal(
            $"|service|one|parameters|a&{Base64("1")}|service|two|parameters|b&{Base64("2")}|service|three|",
            (await guest.Get($"/configs/2/{uuid}")).Text);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_path_that_ends_with_a_slash_returns_all_services(int version)
    {
        var uuid = NewId("slash");
        var guest = await server.Register(uuid, Services(Service("one"), Service("two")), NewId("deployable"));
        Assert.Equal("|service|one|service|two|", (await guest.Get($"/configs/{version}/{uuid}/")).Text);
    }

    [Fact]
    public async Task If_an_instance_has_no_services_its_configuration_is_two_bars()
    {
        var uuid = NewId("none");
        var guest = await server.Register(uuid, "", NewId("deployable"));
        var answer = await guest.Get($"/configs/1/{uuid}");
        Assert.Equal((200, "||"), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task An_unknown_service_is_not_found()
    {
        var uuid = NewId("service");
        var guest = await server.Register(uuid, Services(Service("one")), NewId("deployable"));
        Assert.Equal((404, ""), Short(await guest.Get($"/configs/2/{uuid}/two")));
    }

    [Fact]
    public async Task When_a_guest_fetches_the_complete_configuration_of_a_service_the_service_counts_as_started()
    {
        var uuid = NewId("start");
        var guest = await server.Register(uuid, Services(Service("one"), Service("two")), NewId("deployable"));
        await guest.Get($"/configs/2/{uuid}");
        var before = (await server.Conductor.Get($"/reports/2/instance/{uuid}")).Text;
        Assert.DoesNotContain("configuration-started", before, StringComparison.Ordinal);

        await guest.Get($"/configs/2/{uuid}/one");
        var report = (await server.Conductor.Get($"/reports/2/instance/{uuid}")).Text;
        var started = report.IndexOf("<configuration-started>", StringComparison.Ordinal);
        Assert.InRange(
            started, report.IndexOf("name=\"one\"", StringComparison.Ordinal), report.IndexOf("name=\"two\"", StringComparison.Ordinal));
        Assert.Equal(started, report.LastIndexOf("<configuration-started>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_instances_may_wait_for_each_other()
    {
        var (firstId, otherId, deployable) = (NewId("mutual"), NewId("mutual"), NewId("deployable"));
        var first = await server.Register(firstId, Provides("a") + Services(Service("s", Refers("x", otherId, "b"))), deployable);
        var second = await server.Register(otherId, Provides("b") + Services(Service("s", Refers("x", firstId, "a"))), deployable);
        await first.Put($"/params/2/{firstId}", $"|a&{Base64("1")}|");
        await second.Put($"/params/2/{otherId}", $"|b&{Base64("2")}|");
        Assert.Equal((200, $"|service|s|parameters|x&{Base64("2")}|"), Short(await first.Get($"/configs/2/{firstId}")));
        Assert.Equal((200, $"|service|s|parameters|x&{Base64("1")}|"), Short(await second.Get($"/configs/2/{otherId}")));
    }

    [Fact]
    public async Task The_value_of_a_reference_to_a_service_is_its_exit_status()
    {
        var (db, web, deployable) = (NewId("db"), NewId("web"), NewId("deployable"));
        var provider = await server.Register(db, Services(Service("mysql")), deployable);
        var guest = await server.Register(web, Services(Service("http", RefersToEnd("ready", db, "mysql"))), deployable);
        Assert.Equal((202, "|service|http|parameters|ready&|"), Short(await guest.Get($"/configs/2/{web}")));
        await provider.Put($"/params/2/{db}", $"||mysql&{Base64("0")}|");
        Assert.Equal((200, $"|service|http|parameters|ready&{Base64("0")}|"), Short(await guest.Get($"/configs/2/{web}")));
    }
}
