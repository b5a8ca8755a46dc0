using Audrey.Core.Replay;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Authentication;
using Microsoft.Extensions.Time.Testing;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Protocol;

/// <summary>
/// The server's memory of a guest's requests affects neither the next machine with the same UUID nor a guest whose clock changes.
/// </summary>
[Collection(ServerCollection.Name)]
public sealed class RepeatedRequestsTests(ServerFixture server)
{
    private const int Year = 365;

    [Theory, InlineData("the same secret"), InlineData("another secret")]
    public async Task After_a_deletion_GETs_count_at_once_although_the_clock_of_the_last_machine_was_ten_years_ahead(string secret)
    {
        var (web, db, deployable) = (NewId("web"), NewId("db"), NewId("deployable"));
        var dependent = Services(Service("http", Refers("dbhost", db, "ipaddress")));
        await Register("the same secret");
        Assert.Equal(200, (await Guest(db, "the same secret", days: 10 * Year).Get($"/configs/0/{db}")).Status);
        Assert.Equal(202, (await Guest(db, "the same secret", days: 10 * Year).Put($"/params/0/{db}", "|&|")).Status);
        Assert.Equal(200, (await server.Conductor.Delete($"/deployment/0/{deployable}")).Status);
        await Register(secret);

        Assert.Equal(200, (await Guest(db, secret).Get($"/configs/0/{db}/service")).Status);

        Assert.Equal(200, (await server.Guest(web).Get($"/configs/0/{web}")).Status);
        var report = (await server.Conductor.Get($"/reports/0/instance/{db}")).Text;
        Assert.Contains("<configuration-started>", report, StringComparison.Ordinal);
        Assert.Equal("||", (await Guest(db, secret).Put($"/params/0/{db}", $"|a&{Base64("1")}|")).Text);

        async Task Register(string of)
        {
            await server.Register(web, dependent, deployable);
            var content = Provides("ipaddress", "a") + Services(Service("service"));
            Assert.Equal(200, (await server.Conductor.Post($"/configs/0/{db}", Document(db, content, deployable, of))).Status);
        }
    }

    [Fact]
    public async Task A_service_start_is_recorded_directly_after_a_restart_of_the_server()
    {
        using var directory = new TempDirectory();
        var incomplete = Services(Service("http", Refers("port", "db", "port")));
        await using (var first = await RunningServer.StartIn(directory.Path))
        {
            await Register(first, "web", incomplete);
            await Register(first, "db", Provides("port"));
            Assert.Equal(202, (await first.Guest("web").Get("/configs/2/web/http")).Status);
            Assert.Equal(200, (await first.Guest("db").Put("/params/2/db", $"|port&{Base64("80")}|")).Status);
        }

        await using var second = await RunningServer.StartIn(directory.Path);
        Assert.Equal(200, (await second.Guest("web").Get("/configs/2/web/http")).Status);
        Assert.Contains("<configuration-started>", (await second.Conductor.Get("/reports/2/instance/web")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guest_whose_clock_goes_back_in_a_reboot_after_33_PUTs_is_served()
    {
        using var directory = new TempDirectory();
        CapturedRequest captured;
        await using (var first = await RunningServer.StartIn(directory.Path))
        {
            await Register(first, "db", Provides("a") + Services(Service("s")));
            for (var i = 0; i < 33; i++) Assert.Equal(200, (await Put(first, i, hours: 0)).Status);
            captured = CapturedRequest.Form(Signer("db", -1), "PUT", "/params/2/db", "audrey_data", $"|a&{Base64("captured")}|");
            Assert.Equal(200, await captured.Send(first.Endpoint));
            Assert.Equal(200, (await Put(first, 33, hours: -2)).Status);
        }

        await using var second = await RunningServer.StartIn(directory.Path);
        Assert.Equal("||", (await Put(second, 34, hours: -8)).Text);
        Assert.Equal(200, await captured.Send(second.Endpoint));
        Assert.Equal(200, (await Client(second, "db", hours: -8).Get("/configs/2/db/s")).Status);
        Assert.Contains("<configuration-started>", (await second.Conductor.Get("/reports/2/instance/db")).Text, StringComparison.Ordinal);
        Assert.Equal(
            Base64("34"),
            Convert.ToBase64String(await Value(second)));

        Task<Answer> Put(RunningServer to, int number, int hours) =>
            Client(to, "db", hours).Put("/params/2/db", $"|a&{Base64($"{number}")}|");

        async Task<byte[]> Value(RunningServer of)
        {
            await Register(of, "web", Services(Service("http", Refers("x", "db", "a"))));
            var text = (await of.Guest("web").Get("/configs/2/web/http")).Text;
            return Convert.FromBase64String(text.Split("x&")[1].TrimEnd('|'));
        }
    }

    [Fact]
    public async Task Beyond_the_remembered_PUTs_an_older_PUT_is_answered_503_until_the_instance_has_another_secret()
    {
        var (uuid, deployable) = (NewId("many"), NewId("deployable"));
        await server.Register(uuid, Provides("a"), deployable);
        foreach (var batch in Enumerable.Range(-PutMemory.Capacity - 32, PutMemory.Capacity + 32).Chunk(64))
        {
            var puts = batch.Select(second => Guest(uuid, SecretOf(uuid), seconds: second).Put($"/params/2/{uuid}", "|&|"));
            Assert.All(await Task.WhenAll(puts), put => Assert.Equal(202, put.Status));
        }

        var old = CapturedRequest.Form(Signer(uuid, -1), "PUT", $"/params/2/{uuid}", "audrey_data", $"|a&{Base64("1")}|");

        var refused = await Guest(uuid, SecretOf(uuid), hours: -1).Put($"/params/2/{uuid}", $"|a&{Base64("1")}|");

        Assert.Equal(503, refused.Status);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Contains("register the instance again with another secret", refused.Text, StringComparison.Ordinal);
        Assert.Equal(503, await old.Send(server.Server.Endpoint));
        Assert.Equal("|a|", (await Guest(uuid, SecretOf(uuid)).Put($"/params/2/{uuid}", "|&|")).Text);
        await server.Conductor.Post($"/configs/2/{uuid}", Document(uuid, Provides("a"), deployable, "another secret"));
        Assert.Equal("||", (await Guest(uuid, "another secret", hours: -1).Put($"/params/2/{uuid}", $"|a&{Base64("1")}|")).Text);
    }

    [Fact]
    public async Task A_GET_that_is_repeated_byte_for_byte_is_answered_and_one_that_is_a_day_behind_is_not_found()
    {
        var uuid = NewId("repeats");
        await server.Register(uuid, Provides("a") + Services(Service("s")), NewId("deployable"));
        foreach (var path in new[] { $"/configs/2/{uuid}", $"/configs/2/{uuid}/s", $"/params/2/{uuid}", $"/files/2/{uuid}" })
        {
            var captured = CapturedRequest.Get(Signer(uuid), path);
            Assert.Equal(200, await captured.Send(server.Server.Endpoint));
            Assert.Equal(200, await captured.Send(server.Server.Endpoint));
            Assert.Equal(200, (await Guest(uuid, SecretOf(uuid), hours: -23).Get(path)).Status);
            Assert.Equal((404, ""), Short(await Guest(uuid, SecretOf(uuid), hours: -25).Get(path)));
        }

        Assert.Equal(202, (await Guest(uuid, SecretOf(uuid), hours: -25).Put($"/params/2/{uuid}", "|&|")).Status);
    }

    [Fact]
    public async Task With_the_setting_a_GET_that_is_a_day_behind_is_answered()
    {
        await using var answering = await RunningServer.Start("--Audrey:Gateway:AnswerOutdatedGets=true");
        await Register(answering, "web", Services(Service("http")));
        Assert.Equal(200, (await answering.Guest("web").Get("/configs/2/web")).Status);
        Assert.Equal(200, (await Client(answering, "web", hours: -25).Get("/configs/2/web")).Status);
    }

    private SignedClient Guest(string uuid, string secret, int days = 0, int hours = 0, int seconds = 0) =>
        new(server.Http, new OAuthSigner(uuid, secret, Clock(days, hours, seconds)));

    private static SignedClient Client(RunningServer of, string uuid, int hours) => new(of.Http, Signer(uuid, hours));

    private static OAuthSigner Signer(string uuid, int hours = 0) => new(uuid, SecretOf(uuid), Clock(0, hours));

    private static FakeTimeProvider Clock(int days, int hours, int seconds = 0) =>
        new(TimeProvider.System.GetUtcNow() + new TimeSpan(days, hours, 0, seconds));

    private static async Task Register(RunningServer of, string uuid, string content) =>
        Assert.Equal(200, (await of.Conductor.Post($"/configs/2/{uuid}", Document(uuid, content, "deployable"))).Status);
}
