using System.Text.Json;
using Audrey.Core.Statuses;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

/// <summary>Instances have their labels in every answer of version 3 that names them.</summary>
[Collection(ServerCollection.Name)]
public sealed class LabelTests(ServerFixture server)
{
    private readonly string _id = NewId("shop");
    private readonly string _web = NewId("web");
    private readonly string _lb = NewId("lb");

    private BasicClient Conductor => server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    [Fact]
    public async Task Statuses_waits_events_added_instances_and_configurations_have_labels()
    {
        await Register();
        await Conductor.Scale(_id, "web", 2);
        var added = Assert.Single(await Conductor.Added(_id, "web"));

        Assert.Equal("web-1", added.Label);
        var status = await Conductor.StatusInPages(_id);
        Assert.Equal(["lb", "web-0", "web-1"], status.Instances.Select(instance => instance.Label).Order());
        Assert.Equal(["web-0", "web-1"], status.Waits.Select(wait => wait.Provider!.Label!).Order());
        Assert.Contains(status.Waits, wait => wait.Detail.Contains($"'ip' of web-1 ({added.Id})", StringComparison.Ordinal));

        var one = BasicClient.Read(await Conductor.Get($"/v3/instances/{added.Id}/report"), StatusJson.Default.InstanceStatus);
        Assert.Equal("web-1", one.Label);
        var missing = (await server.Server.Basic(_lb, SecretOf(_lb)).Configuration()).Services[0].Missing!;
        Assert.Equal(["web-0", "web-1"], missing.Select(value => value.Provider.Label!).Order());

        await server.Server.Basic(_web, SecretOf(_web)).Give(1, ("ip", "10.0.0.1"));
        var given = await EventAsync("values-given");
        Assert.Equal((_web, "web-0", "web"), (given.Instance, given.Label, given.Assembly));
        Assert.Equal($"web-0 ({_web}) has given all its values", given.Detail);
    }

    [Fact]
    public async Task An_instance_that_was_registered_individually_has_its_UUID_as_its_label()
    {
        var body = $$"""{"name":"the shop","instance":{"assembly":"db","secret":"{{SecretOf(_web)}}","provide":[{"name":"ip"}] } }""";
        Assert.Equal(204, (await Conductor.Put($"/v3/deployables/{_id}/instances/{_web}/definition", body)).Status);

        var instance = Assert.Single((await Conductor.StatusInPages(_id)).Instances);

        Assert.Equal((_web, "db"), (instance.Label, instance.Assembly));
        var registered = await EventAsync("instance-registered");
        Assert.Equal((_web, $"db ({_web}) is registered"), (registered.Label, registered.Detail));
    }

    [Fact]
    public async Task Instances_are_selected_by_status_assembly_and_name()
    {
        await Register();
        await Conductor.Scale(_id, "web", 2);

        Assert.Equal(["web-0", "web-1"], await ListedAsync("?assembly=web"));
        Assert.Equal(["web-1"], await ListedAsync("?name=web-1&status=incomplete"));
        Assert.Equal(["lb"], await ListedAsync($"?name={_lb}"));
        Assert.Empty(await ListedAsync("?status=error"));
        var wrong = BasicClient.Problem(await Conductor.Get($"/v3/deployables/{_id}/instances?status=failed"), 400);
        Assert.Equal("status", wrong.Errors!.Single().Pointer);
    }

    private async Task<IEnumerable<string>> ListedAsync(string query)
    {
        var answer = await Conductor.Get($"/v3/deployables/{_id}/instances{query}");
        return BasicClient.Read(answer, StatusJson.Default.InstancesPage).Instances.Select(instance => instance.Label).Order();
    }

    /// <summary>Waits until the events have one of a kind.</summary>
    private Task<Event> EventAsync(string kind) => Task.Run(async () =>
    {
        while (true)
        {
            var answer = await Conductor.Get($"/v3/deployables/{_id}/events");
            var page = BasicClient.Read(answer, Version3Json.Default.EventList);
            if (page.Events.FirstOrDefault(entry => entry.Kind == kind) is { } found) return found;
        }
    }).Within($"the event {kind}");

    private async Task Register()
    {
        var body = new DeployableRequest
        {
            Name = "the shop",
            Instances =
            [
                new() { Id = _web, Assembly = "web", Ordinal = 0, Secret = SecretOf(_web), Provide = [new() { Name = "ip" }] },
                new()
                {
                    Id = _lb,
                    Assembly = "lb",
                    Secret = SecretOf(_lb),
                    Services =
                    [
                        new()
                        {
                            Name = "proxy",
                            Executable = new() { Contents = "#!/bin/sh\n" },
                            Parameters = [new() { Name = "peers", Type = "list", From = new() { Group = "web", Parameter = "ip" } }],
                        },
                    ],
                },
            ],
        };
        var answer = await Conductor.Put($"/v3/deployables/{_id}", JsonSerializer.Serialize(body, Version3Json.Default.DeployableRequest));
        Assert.True(answer.Status == 200, answer.Text);
    }
}
