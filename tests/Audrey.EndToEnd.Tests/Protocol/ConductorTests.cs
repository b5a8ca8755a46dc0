using System.Xml.Linq;
using Audrey.EndToEnd.Tests.Support;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Protocol;

/// <summary>Tests the other requests of conductors: addresses, reports and deletion.</summary>
[Collection(ServerCollection.Name)]
public sealed class ConductorTests(ServerFixture server)
{
    [Fact]
    public async Task The_report_on_an_instance_shows_its_services_and_their_missing_values()
    {
        var (web, db, deployable) = (NewId("web"), NewId("db"), NewId("deployable"));
        var http = Service("http", Refers("port", db, "port"), RefersToEnd("ready", db, "mysql"));
        var guest = await server.Register(web, Provides("address", "name") + Services(http, Service("ssh")), deployable);
        await guest.Put($"/params/2/{web}", $"|name&{Base64("w")}|");
        await guest.Get($"/configs/2/{web}/ssh");
        await guest.Put($"/params/2/{web}", $"||ssh&{Base64("1")}|");

        var answer = await server.Conductor.Get($"/reports/2/instance/{web}");
        Assert.Equal((200, "application/xml;charset=utf-8"), (answer.Status, answer.ContentType));
        var report = XElement.Parse(answer.Text);
        Assert.Equal("instance", report.Name);
        Assert.Equal([web, $"assembly-of-{web}", "error"], report.Attributes().Select(attribute => attribute.Value));
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000$", (string)report.Element("registered")!);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*[+-]\d\d:?\d\d$", (string)report.Element("first-contacted")!);
        Assert.NotNull(report.Element("last-contacted"));
        Assert.Null(report.Element("completed"));

        var services = report.Element("services")!.Elements("service").ToDictionary(service => (string)service.Attribute("name")!);
        Assert.Equal("error", (string?)services["ssh"].Attribute("status"));
        Assert.NotNull(services["ssh"].Element("configuration-started"));
        Assert.NotNull(services["ssh"].Element("configuration-ended"));
        Assert.Equal("1", (string?)services["ssh"].Element("completion-status"));
        Assert.Equal("incomplete", (string?)services["http"].Attribute("status"));

        var missing = services["http"].Element("unresolved-service-parameters")!.Elements("service-parameter")
            .ToDictionary(parameter => (string)parameter.Attribute("name")!);
        Assert.Equal(db, (string?)missing["port"].Element("source-assembly")!.Attribute("uuid"));
        Assert.Equal("port", (string?)missing["port"].Descendants("return-param-name").Single().Attribute("name"));
        Assert.Equal("mysql", (string?)missing["ready"].Descendants("service-name").Single().Attribute("name"));
        var pending = report.Element("pending-return-parameters")!.Elements("return-parameter");
        Assert.Equal(["address"], pending.Select(parameter => (string)parameter.Attribute("name")!));
    }

    [Fact]
    public async Task The_report_on_a_deployable_names_its_instances_and_the_worst_status()
    {
        var (first, other, deployable) = (NewId("one"), NewId("other"), NewId("deployable"));
        var guest = await server.Register(first, Services(Service("s")), deployable);
        await server.Register(other, "", deployable);
        var before = XElement.Parse((await server.Conductor.Get($"/reports/2/deployment/{deployable}")).Text);
        Assert.Equal("deployment", before.Name);
        Assert.Equal([deployable, "incomplete"], before.Attributes().Select(attribute => attribute.Value));
        var instances = before.Element("instances")!.Elements("instance");
        Assert.Equal(
            [(first, "incomplete"), (other, "success")],
            instances.Select(instance => ((string)instance.Attribute("uuid")!, (string)instance.Attribute("status")!)).Order());

        await guest.Put($"/params/2/{first}", $"||s&{Base64("0")}|");
        var after = XElement.Parse((await server.Conductor.Get($"/reports/2/deployment/{deployable}")).Text);
        Assert.Equal("success", (string?)after.Attribute("status"));
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000$", (string)after.Element("registered")!);
    }

    [Fact]
    public async Task Reports_and_addresses_of_another_conductor_are_not_found()
    {
        var (uuid, deployable) = (NewId("own"), NewId("deployable"));
        await server.Register(uuid, "", deployable);
        foreach (var path in new[] { $"/reports/2/instance/{uuid}", $"/reports/2/deployment/{deployable}", $"/ip/2/{uuid}" })
        {
            Assert.Equal(200, (await server.Conductor.Get(path)).Status);
            var answer = await server.OtherConductor.Get(path);
            Assert.Equal((404, ""), (answer.Status, answer.Text));
        }
    }

    [Fact]
    public async Task Reports_and_addresses_of_unknown_instances_are_not_found()
    {
        foreach (var path in new[] { $"/reports/2/instance/{NewId("no")}", $"/reports/2/deployment/{NewId("no")}", $"/ip/2/{NewId("no")}" })
        {
            var answer = await server.Conductor.Get(path);
            Assert.Equal((404, ""), (answer.Status, answer.Text));
        }
    }

    [Fact]
    public async Task Deleting_a_deployable_deletes_its_instances_and_their_credentials()
    {
        var (first, other, deployable) = (NewId("one"), NewId("other"), NewId("deployable"));
        var guests = new[] { await server.Register(first, "", deployable), await server.Register(other, "", deployable) };
        Assert.Equal(200, (await guests[0].Get("/auth")).Status);

        var deleted = await server.Conductor.Delete($"/deployment/2/{deployable}");
        Assert.Equal((200, ""), (deleted.Status, deleted.Text));
        Assert.Equal(404, (await guests[0].Get($"/configs/2/{first}")).Status);
        Assert.Equal(404, (await guests[1].Get($"/configs/2/{other}")).Status);
        Assert.Equal(401, (await guests[0].Get("/auth")).Status);
        Assert.Equal(404, (await server.Conductor.Get($"/reports/2/deployment/{deployable}")).Status);
    }

    [Fact]
    public async Task A_conductor_cannot_delete_the_deployable_of_another_conductor()
    {
        var (uuid, deployable) = (NewId("kept"), NewId("deployable"));
        var guest = await server.Register(uuid, "", deployable);
        Assert.Equal(403, (await server.OtherConductor.Delete($"/deployment/2/{deployable}")).Status);
        Assert.Equal(200, (await guest.Get($"/configs/2/{uuid}")).Status);
    }

    [Fact]
    public async Task Deleting_an_unknown_deployable_is_answered_404()
    {
        var answer = await server.Conductor.Delete($"/deployment/2/{NewId("unknown")}");
        Assert.Equal((404, ""), (answer.Status, answer.Text));
    }
}
