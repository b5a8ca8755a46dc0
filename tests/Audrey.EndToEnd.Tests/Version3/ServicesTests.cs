using System.Text.Json.Nodes;
using Audrey.Core.Statuses;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

[Collection(ServerCollection.Name)]
public sealed class ServicesTests(ServerFixture server)
{
    [Fact]
    public async Task A_service_can_start_report_progress_end_and_run_again()
    {
        var (uuid, other, deployable) = (NewId("runs"), NewId("waits"), NewId("deployable"));
        var guest = await server.RegisterVersion3(uuid, Services(Service("s")), deployable);
        var dependent = await server.RegisterVersion3(other, Services(Service("t", RefersToEnd("end", uuid, "s"))), deployable);

        Assert.True(await Report(guest, 1, "started"));
        Assert.Equal("started", (await guest.Hello()).Services.Single().State);
        Assert.True(await Report(guest, 1, "progress", ("message", "half-way")));
        Assert.True(await Report(guest, 1, "ended", ("exitStatus", 1)));
        Assert.Equal(new ServiceState("s", "executable", "failed", 1), (await guest.Hello()).Services.Single());

        Assert.True(await Report(guest, 2, "started"));
        Assert.Equal(new ServiceState("s", "executable", "started", 2), (await guest.Hello()).Services.Single());
        Assert.Equal("1", (string)(await dependent.Configuration()).Services.Single().Parameters.Single().Value!);
        Assert.True(await Report(guest, 2, "ended", ("exitStatus", 0)));
        Assert.Equal("succeeded", (await guest.Hello()).Services.Single().State);
        var service = (await dependent.Configuration()).Services.Single();
        Assert.Equal(("0", null), ((string)service.Parameters.Single().Value!, service.Failed));
    }

    [Fact]
    public async Task A_failed_run_is_in_its_event_and_in_the_status_with_its_output_although_the_next_run_follows_at_once()
    {
        var (uuid, deployable) = (NewId("output"), NewId("deployable"));
        var guest = await server.RegisterVersion3(uuid, Services(Service("s")), deployable);
        await Report(guest, 1, "ended", ("exitStatus", 1), ("output", "ERROR why\n"));
        await Report(guest, 2, "ended", ("exitStatus", 1), ("output", "ERROR again\n"));
        await Report(guest, 3, "started");

        var conductor = server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        var status = BasicClient.Read(await conductor.Get($"/v3/instances/{uuid}/report"), StatusJson.Default.InstanceStatus);
        var service = status.Services.Single();
        Assert.Equal(("1", 3L, "ERROR again\n"), (service.ExitStatus, service.Run, service.Output));
        Assert.False(service.Started > service.Ended);
        Assert.Equal([(2, "1", "ERROR again\n"), (3, null, null)], service.Runs!.Select(run => (run.Run, run.ExitStatus, run.Output)));

        await Report(guest, 3, "ended", ("exitStatus", 0), ("output", "done\n"));
        var events = new List<Event>();
        while (events.All(entry => entry.Kind != "service-ended"))
        {
            var page = await conductor.Get($"/v3/deployables/{deployable}/events?after={events.LastOrDefault()?.Number ?? 0}&wait=5s");
            events.AddRange(BasicClient.Read(page, Version3Json.Default.EventList).Events);
        }

        Assert.Equal(
            [("service-failed", 1L, "ERROR why\n"), ("service-failed", 2L, "ERROR again\n"), ("service-ended", 3L, "done\n")],
            events.Where(entry => entry.ExitStatus is not null).Select(entry => (entry.Kind, entry.Run!.Value, entry.Output!)));
    }

    [Fact]
    public async Task Late_and_repeated_reports_change_nothing()
    {
        var guest = await server.RegisterVersion3(NewId("late"), Services(Service("s")), NewId("deployable"));
        await Report(guest, 2, "ended", ("exitStatus", 0));
        Assert.False(await Report(guest, 2, "started"));
        Assert.False(await Report(guest, 2, "progress", ("message", "late")));
        Assert.False(await Report(guest, 2, "ended", ("exitStatus", 0)));
        var old = BasicClient.Problem(await Put(guest, 1, "ended", ("exitStatus", 9)), 409);
        Assert.Equal((ProblemTypes.OldRevision, 2), (old.Type, old.Revision));
        Assert.Equal(ProblemTypes.RevisionUsed, BasicClient.Problem(await Put(guest, 2, "ended", ("exitStatus", 9)), 409).Type);
        Assert.Equal("succeeded", (await guest.Hello()).Services.Single().State);
    }

    [Fact]
    public async Task The_report_of_version_2_also_shows_the_service()
    {
        var guest = await server.RegisterVersion3(NewId("report"), Services(Service("s")), NewId("deployable"));
        await Report(guest, 1, "started");
        await Report(guest, 1, "ended", ("exitStatus", 4));
        var report = (await server.Conductor.Get($"/reports/2/instance/{guest.Uuid}")).Text;
        Assert.Contains("<configuration-started>", report, StringComparison.Ordinal);
        Assert.Contains("<completion-status>4</completion-status>", report, StringComparison.Ordinal);
    }

    private static async Task<bool> Report(BasicClient guest, long run, string state, params (string Name, JsonNode Value)[] more) =>
        BasicClient.Read(await Put(guest, run, state, more), Version3Json.Default.Acknowledgement).Applied;

    private static Task<Answer> Put(BasicClient guest, long run, string state, params (string Name, JsonNode Value)[] more)
    {
        var body = new JsonObject { ["generation"] = 1, ["run"] = run, ["state"] = state };
        foreach (var (name, value) in more) body[name] = value;
        return guest.PutOwn("services/s", body);
    }
}
