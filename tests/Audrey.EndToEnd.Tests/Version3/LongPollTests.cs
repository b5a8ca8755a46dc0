using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

/// <summary>Waits of 60 s: every test here ends at once, or it waited for its deadline.</summary>
[Collection(ServerCollection.Name)]
public sealed class LongPollTests(ServerFixture server)
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Who_has_nothing_or_an_old_revision_is_answered_at_once()
    {
        var guest = await server.Register3(NewId("first"), Services(Service("s", Value("a", "1"))), NewId("deployable"));
        var first = await guest.GetMine("configuration?wait=60s").Within("the first answer", AtOnce);
        var again = await guest.GetMine("configuration?wait=60s", "0123456789abcdef").Within("an answer to an old revision", AtOnce);
        Assert.Equal((200, 200, first.Text), (first.Status, again.Status, again.Text));
        var revision = BasicClient.Read(first, Version3Json.Default.Configuration).Revision;
        Assert.Equal($"W/\"{revision}\"", first.Headers.ETag!.ToString());
        Assert.True(double.TryParse(first.Headers.GetValues(Version3Routes.NextCallHeader).Single(), out _));
    }

    [Fact]
    public async Task Without_a_wait_or_at_its_end_who_has_the_revision_of_now_gets_304()
    {
        var guest = await server.Register3(NewId("same"), Services(Service("s", Value("a", "1"))), NewId("deployable"));
        var revision = (await guest.Configuration()).Revision;
        Assert.Equal(304, (await guest.GetMine("configuration", revision)).Status);
        Assert.Equal(304, (await guest.GetMine("configuration?wait=0.2", revision).Within("the end of the wait", AtOnce)).Status);
    }

    [Fact]
    public async Task A_value_that_comes_and_one_that_changes_later_make_revisions_that_waiting_guests_get_at_once()
    {
        var (db, web, deployable) = (NewId("db"), NewId("web"), NewId("deployable"));
        var provider = await server.Register3(db, Provides("port"), deployable);
        var guest = await server.Register3(web, Services(Service("http", Refers("port", db, "port"))), deployable);
        var incomplete = await guest.Configuration();
        Assert.False(incomplete.Complete);

        var waiting = guest.GetMine("configuration?wait=60s", incomplete.Revision);
        await Task.WhenAll(provider.Give(1, ("port", "1")), waiting).Within("the first value", AtOnce);
        var complete = BasicClient.Read(await waiting, Version3Json.Default.Configuration);
        Assert.Equal((true, "1"), (complete.Complete, (string?)complete.Services.Single().Parameters.Single().Value));

        waiting = guest.GetMine("configuration?wait=60s", complete.Revision);
        await Task.WhenAll(provider.Give(2, ("port", "2")), waiting).Within("the changed value", AtOnce);
        var changed = BasicClient.Read(await waiting, Version3Json.Default.Configuration);
        Assert.Equal("2", (string?)changed.Services.Single().Parameters.Single().Value);
        Assert.NotEqual(complete.Revision, changed.Revision);

        await guest.PutMine("applied", new() { ["generation"] = 1, ["revision"] = changed.Revision });
        Assert.Equal(changed.Revision, (await guest.Hello()).AppliedRevision);
    }

    [Fact]
    public async Task A_service_that_fails_is_told_at_once_to_those_that_wait_for_it_or_for_a_value_of_its_instance()
    {
        var (db, web, deployable) = (NewId("db"), NewId("web"), NewId("deployable"));
        var provider = await server.Register3(db, Provides("port") + Services(Service("mysql")), deployable);
        var guest = await server.Register3(web, Services(Service("end", RefersToEnd("ready", db, "mysql")), Service("value", Refers("port", db, "port"))), deployable);
        var before = await guest.Configuration();

        var waiting = guest.GetMine("configuration?wait=60s", before.Revision);
        await Task.WhenAll(provider.PutMine("services/mysql", new() { ["generation"] = 1, ["state"] = "ended", ["exitStatus"] = 7 }), waiting).Within("the failure", AtOnce);
        var after = BasicClient.Read(await waiting, Version3Json.Default.Configuration).Services;
        var failure = new FailedService(db, "mysql", "7");
        Assert.Equal([failure], after[0].Failed!);
        Assert.Equal([failure], after[1].Missing!.Single().Provider.Failed!);
    }

    [Fact]
    public async Task A_guest_whose_instance_is_registered_anew_while_it_waits_gets_the_new_configuration()
    {
        var (uuid, deployable) = (NewId("anew"), NewId("deployable"));
        var guest = await server.Register3(uuid, Services(Service("s", Value("a", "1"))), deployable);
        var waiting = guest.GetMine("configuration?wait=60s", (await guest.Configuration()).Revision);
        await server.Register3(uuid, Services(Service("s", Value("a", "2"))), deployable);
        var configuration = BasicClient.Read(await waiting.Within("the new configuration", AtOnce), Version3Json.Default.Configuration);
        Assert.Equal((2, "2"), (configuration.Generation, (string?)configuration.Services.Single().Parameters.Single().Value));
    }

    [Fact]
    public async Task A_guest_whose_instance_is_deleted_while_it_waits_is_refused()
    {
        var (uuid, deployable) = (NewId("gone"), NewId("deployable"));
        var guest = await server.Register3(uuid, Services(Service("s")), deployable);
        var waiting = guest.GetMine("configuration?wait=60s", (await guest.Configuration()).Revision);
        await server.Conductor.Delete($"/deployment/2/{deployable}");
        Assert.Equal(ProblemTypes.NotAuthorized, BasicClient.Problem(await waiting.Within("the refusal", AtOnce), 401).Type);
    }

    [Fact]
    public async Task Of_many_requests_of_one_guest_the_latest_wait_and_the_first_end()
    {
        var guest = await server.Register3(NewId("many"), Services(Service("s")), NewId("deployable"));
        var revision = (await guest.Configuration()).Revision;
        var waits = Enumerable.Range(0, 5).Select(_ => guest.GetMine("configuration?wait=60s", revision)).ToArray();
        Assert.Equal(304, (await (await Task.WhenAny(waits).Within("the first to end", AtOnce))).Status);
        Assert.Equal(1, waits.Count(wait => wait.IsCompleted));
        await server.Server.Conductor.Delete($"/deployment/2/{(await guest.Hello()).Deployable}");
        await Task.WhenAll(waits).Within("the end of the others", AtOnce);
    }
}
