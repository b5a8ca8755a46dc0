using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

/// <summary>Long polls of 60 s. If a test takes much less time, the poll was answered before its timeout.</summary>
[Collection(ServerCollection.Name)]
public sealed class LongPollTests(ServerFixture server)
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_guest_without_the_current_revision_is_answered_immediately()
    {
        var guest = await server.RegisterVersion3(NewId("first"), Services(Service("s", Value("a", "1"))), NewId("deployable"));
        var first = await guest.GetOwn("configuration?wait=60s").Within("the first answer", AtOnce);
        var second = await guest.GetOwn("configuration?wait=60s", "0123456789abcdef").Within("an answer to an old revision", AtOnce);
        Assert.Equal((200, 200, first.Text), (first.Status, second.Status, second.Text));
        var revision = BasicClient.Read(first, Version3Json.Default.Configuration).Revision;
        Assert.Equal($"W/\"{revision}\"", first.Headers.ETag!.ToString());
        Assert.True(double.TryParse(first.Headers.GetValues(Version3Routes.NextCallHeader).Single(), out _));
    }

    [Fact]
    public async Task A_guest_with_the_current_revision_gets_304_immediately_or_at_the_end_of_its_wait()
    {
        var guest = await server.RegisterVersion3(NewId("same"), Services(Service("s", Value("a", "1"))), NewId("deployable"));
        var revision = (await guest.Configuration()).Revision;
        Assert.Equal(304, (await guest.GetOwn("configuration", revision)).Status);
        Assert.Equal(304, (await guest.GetOwn("configuration?wait=0.2", revision).Within("the end of the wait", AtOnce)).Status);
    }

    [Fact]
    public async Task A_waiting_guest_gets_a_new_value_and_a_changed_value_immediately()
    {
        var (db, web, deployable) = (NewId("db"), NewId("web"), NewId("deployable"));
        var provider = await server.RegisterVersion3(db, Provides("port"), deployable);
        var guest = await server.RegisterVersion3(web, Services(Service("http", Refers("port", db, "port"))), deployable);
        var incomplete = await guest.Configuration();
        Assert.False(incomplete.Complete);

        var waiting = guest.GetOwn("configuration?wait=60s", incomplete.Revision);
        await Task.WhenAll(provider.Give(1, ("port", "1")), waiting).Within("the first value", AtOnce);
        var complete = BasicClient.Read(await waiting, Version3Json.Default.Configuration);
        Assert.Equal((true, "1"), (complete.Complete, (string?)complete.Services.Single().Parameters.Single().Value));

        waiting = guest.GetOwn("configuration?wait=60s", complete.Revision);
        await Task.WhenAll(provider.Give(2, ("port", "2")), waiting).Within("the changed value", AtOnce);
        var changed = BasicClient.Read(await waiting, Version3Json.Default.Configuration);
        Assert.Equal("2", (string?)changed.Services.Single().Parameters.Single().Value);
        Assert.NotEqual(complete.Revision, changed.Revision);

        await guest.PutOwn("applied", new() { ["generation"] = 1, ["revision"] = changed.Revision });
        Assert.Equal(changed.Revision, (await guest.Hello()).AppliedRevision);
    }

    [Fact]
    public async Task Guests_that_wait_for_a_service_or_for_its_instance_are_notified_immediately_when_the_service_fails()
    {
        var (db, web, deployable) = (NewId("db"), NewId("web"), NewId("deployable"));
        var provider = await server.RegisterVersion3(db, Provides("port") + Services(Service("mysql")), deployable);
        var services = Services(Service("end", RefersToEnd("ready", db, "mysql")), Service("value", Refers("port", db, "port")));
        var guest = await server.RegisterVersion3(web, services, deployable);
        var before = await guest.Configuration();

        var waiting = guest.GetOwn("configuration?wait=60s", before.Revision);
        var failed = provider.PutOwn("services/mysql", new() { ["generation"] = 1, ["state"] = "ended", ["exitStatus"] = 7 });
        await Task.WhenAll(failed, waiting).Within("the failure", AtOnce);
        var after = BasicClient.Read(await waiting, Version3Json.Default.Configuration).Services;
        var failure = new FailedService(db, "mysql", "7");
        Assert.Equal([failure], after[0].Failed!);
        Assert.Equal([failure], after[1].Missing!.Single().Provider!.Failed!);
    }

    [Fact]
    public async Task A_waiting_guest_gets_the_new_configuration_when_its_instance_is_registered_again()
    {
        var (uuid, deployable) = (NewId("replaced"), NewId("deployable"));
        var guest = await server.RegisterVersion3(uuid, Services(Service("s", Value("a", "1"))), deployable);
        var waiting = guest.GetOwn("configuration?wait=60s", (await guest.Configuration()).Revision);
        await server.RegisterVersion3(uuid, Services(Service("s", Value("a", "2"))), deployable);
        var configuration = BasicClient.Read(await waiting.Within("the new configuration", AtOnce), Version3Json.Default.Configuration);
        Assert.Equal((2, "2"), (configuration.Generation, (string?)configuration.Services.Single().Parameters.Single().Value));
    }

    [Fact]
    public async Task A_waiting_guest_is_refused_when_its_instance_is_deleted()
    {
        var (uuid, deployable) = (NewId("deleted"), NewId("deployable"));
        var guest = await server.RegisterVersion3(uuid, Services(Service("s")), deployable);
        var waiting = guest.GetOwn("configuration?wait=60s", (await guest.Configuration()).Revision);
        await server.Conductor.Delete($"/deployment/2/{deployable}");
        Assert.Equal(ProblemTypes.NotAuthorized, BasicClient.Problem(await waiting.Within("the refusal", AtOnce), 401).Type);
    }

    [Fact]
    public async Task If_a_guest_sends_too_many_polls_the_oldest_poll_ends()
    {
        var guest = await server.RegisterVersion3(NewId("many"), Services(Service("s")), NewId("deployable"));
        var revision = (await guest.Configuration()).Revision;
        var waits = Enumerable.Range(0, 5).Select(_ => guest.GetOwn("configuration?wait=60s", revision)).ToArray();
        Assert.Equal(304, (await (await Task.WhenAny(waits).Within("the first to end", AtOnce))).Status);
        Assert.Equal(1, waits.Count(wait => wait.IsCompleted));
        await server.Server.Conductor.Delete($"/deployment/2/{(await guest.Hello()).Deployable}");
        await Task.WhenAll(waits).Within("the end of the others", AtOnce);
    }
}
