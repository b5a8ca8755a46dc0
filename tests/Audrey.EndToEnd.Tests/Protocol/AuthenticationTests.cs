using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Authentication;
using Microsoft.Extensions.Time.Testing;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Protocol;

[Collection(ServerCollection.Name)]
public sealed class AuthenticationTests(ServerFixture server)
{
    private const string NonceTimeAndSignature = "&oauth_nonce=1&oauth_timestamp=1&oauth_signature=2jmj7l5rSw0yVb%2FvlWAYkK%2FYBwk%3D";

    [Fact]
    public async Task A_guest_and_a_conductor_pass_the_authentication_test()
    {
        var uuid = NewId("auth");
        var guest = await server.Register(uuid, "", NewId("deployable"));
        foreach (var client in new[] { guest, server.Conductor })
        {
            var answer = await client.Get("/auth");
            Assert.Equal((200, "Authentication test successful"), (answer.Status, answer.Text));
        }
    }

    [Fact]
    public async Task Every_way_of_signing_a_GET_is_accepted()
    {
        var uuid = NewId("auth");
        var guest = await server.Register(uuid, "", NewId("deployable"));
        var path = $"/configs/2/{uuid}";
        Assert.Equal(200, (await guest.Get(path)).Status);
        Assert.Equal(200, (await guest.GetWithoutBodyHash(path)).Status);
        Assert.Equal(200, (await guest.GetByHeader(path)).Status);
    }

    [Fact]
    public async Task Every_way_of_signing_a_PUT_is_accepted()
    {
        var uuid = NewId("auth");
        var guest = await server.Register(uuid, Provides("a", "b"), NewId("deployable"));
        var path = $"/params/1/{uuid}";
        Assert.Equal("|b|", (await guest.Put(path, $"|a&{Base64("1")}|")).Text);
        Assert.Equal("||", (await guest.PutUnsignedBody(path, $"|b&{Base64("2")}|")).Text);
    }

    [Fact]
    public async Task The_OAuth_version_may_be_missing_in_a_request()
    {
        var uuid = NewId("auth");
        await server.Register(uuid, "", NewId("deployable"));
        var guest = new SignedClient(server.Http, new OAuthSigner(uuid, SecretOf(uuid), TimeProvider.System) { OmitVersion = true });
        Assert.Equal(200, (await guest.Get($"/configs/1/{uuid}")).Status);
    }

    [Theory]
    [InlineData(1971)]
    [InlineData(2038)]
    public async Task A_guest_with_a_wrong_clock_is_served(int year)
    {
        var uuid = NewId("auth");
        await server.Register(uuid, Provides("a"), NewId("deployable"));
        var clock = new FakeTimeProvider(new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var guest = new SignedClient(server.Http, new OAuthSigner(uuid, SecretOf(uuid), clock));
        Assert.Equal(200, (await guest.Get($"/configs/1/{uuid}")).Status);
        Assert.Equal("||", (await guest.Put($"/params/1/{uuid}", $"|a&{Base64("1")}|")).Text);
    }

    [Fact]
    public async Task A_request_with_a_repeated_nonce_changes_nothing()
    {
        var uuid = NewId("auth");
        var guest = await server.Register(uuid, Provides("a") + Services(Service("s", Refers("x", uuid, "a"))), NewId("deployable"));
        var path = $"/params/1/{uuid}";
        var repeating = new SignedClient(server.Http, new OAuthSigner(uuid, SecretOf(uuid), new FakeTimeProvider(), () => "the same"));
        Assert.Equal(200, (await repeating.Put(path, $"|a&{Base64("first")}|")).Status);
        Assert.Equal(200, (await guest.Put(path, $"|a&{Base64("second")}|")).Status);

        Assert.Equal(200, (await repeating.Put(path, $"|a&{Base64("first")}|")).Status);
        Assert.Equal(401, (await repeating.Put(path, $"|a&{Base64("third")}|")).Status);
        Assert.Equal($"|service|s|parameters|x&{Base64("second")}|", (await guest.Get($"/configs/1/{uuid}")).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?oauth_consumer_key=&oauth_signature_method=HMAC-SHA1" + NonceTimeAndSignature)]
    [InlineData("?oauth_consumer_key=nobody&oauth_nonce=1&oauth_signature_method=PLAINTEXT&oauth_timestamp=1&oauth_signature=%26")]
    [InlineData("?oauth_consumer_key=nobody&oauth_signature_method=HMAC-SHA1" + NonceTimeAndSignature)]
    public async Task A_request_without_a_valid_credential_is_not_authorized(string query)
    {
        string[] paths =
        [
            "/auth", "/configs/1/some-uuid", "/params/1/some-uuid", "/files/1/some-uuid", "/ip/1/some-uuid", "/reports/1/deployment/d",
            "/reports/1/instance/i",
        ];
        foreach (var path in paths)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path + query, UriKind.Relative));
            AssertNotAuthorized(await Answer.Receive(server.Http, request));
        }
    }

    [Fact]
    public async Task A_guest_with_a_wrong_secret_or_a_changed_body_gets_not_found_and_a_conductor_is_not_authorized()
    {
        var uuid = NewId("auth");
        await server.Register(uuid, Provides("a"), NewId("deployable"));
        var another = server.Server.Client(uuid, "another secret");
        Assert.Equal((404, ""), Short(await another.Get($"/configs/1/{uuid}")));
        Assert.Equal((404, ""), Short(await another.Put($"/params/1/{uuid}", "|a&MQ==|")));
        AssertNotAuthorized(await another.Get("/auth"));
        AssertNotAuthorized(await server.Guest(uuid).Put($"/params/1/{uuid}", "|&|", request =>
            request.Content = new FormUrlEncodedContent([new("audrey_data", "|a&MQ==|"), new("oauth_consumer_key", uuid)])));
        var conductor = server.Server.Client(RunningServer.ConductorKey, "another secret");
        AssertNotAuthorized(await conductor.Post($"/configs/1/{uuid}", Document(uuid, "", "d")));
    }

    [Fact]
    public async Task A_guest_may_act_only_on_its_own_instance()
    {
        var deployable = NewId("deployable");
        var (own, other) = (NewId("auth"), NewId("auth"));
        var guest = await server.Register(own, "", deployable);
        await server.Register(other, "", deployable);
        AssertNotAuthorized(await guest.Get($"/configs/1/{other}"));
        AssertNotAuthorized(await guest.Get($"/configs/1/{NewId("unknown")}"));
        AssertNotAuthorized(await guest.Get($"/params/1/{other}"));
        AssertNotAuthorized(await guest.Put($"/params/1/{other}", "|&|"));
        AssertNotAuthorized(await guest.Get($"/files/1/{other}"));
    }

    [Fact]
    public async Task The_routes_of_conductors_require_the_credential_of_a_conductor()
    {
        var (uuid, deployable) = (NewId("auth"), NewId("deployable"));
        var guest = await server.Register(uuid, "", deployable);
        AssertNotAuthorized(await guest.Post($"/configs/1/{uuid}", Document(uuid, "", deployable)));
        AssertNotAuthorized(await guest.Upload($"/files/1/{uuid}", new MultipartFormDataContent()));
        AssertNotAuthorized(await guest.Delete($"/deployment/1/{deployable}"));
        AssertNotAuthorized(await guest.Get($"/reports/1/deployment/{deployable}"));
        AssertNotAuthorized(await guest.Get($"/reports/1/instance/{uuid}"));

        // After that many wrong secrets for one key, the next one would have to wait.
        var another = await server.Register(NewId("auth"), "", deployable);
        AssertNotAuthorized(await another.Get($"/ip/1/{uuid}"));
    }

    [Fact]
    public async Task A_guest_of_an_unknown_instance_is_answered_404()
    {
        var uuid = NewId("unknown");
        var guest = server.Guest(uuid);
        Answer[] answers =
        [
            await guest.Get($"/configs/1/{uuid}"), await guest.Get($"/params/1/{uuid}"),
            await guest.Put($"/params/1/{uuid}", "|a&MQ==|"), await guest.Get($"/files/1/{uuid}"),
        ];
        Assert.All(answers, answer => Assert.Equal((404, ""), Short(answer)));
        AssertNotAuthorized(await guest.Get("/auth"));
    }

    [Fact]
    public async Task A_replaced_instance_accepts_its_new_secret_and_the_old_secret_gets_not_found()
    {
        var (uuid, deployable) = (NewId("auth"), NewId("deployable"));
        var guest = await server.Register(uuid, "", deployable);
        Assert.Equal(200, (await guest.Get($"/configs/1/{uuid}")).Status);

        var replacement = await server.Conductor.Post($"/configs/1/{uuid}", Document(uuid, "", deployable, "a new secret"));
        Assert.Equal(200, replacement.Status);
        Assert.Equal((404, ""), Short(await guest.Get($"/configs/1/{uuid}")));
        Assert.Equal(200, (await server.Server.Client(uuid, "a new secret").Get($"/configs/1/{uuid}")).Status);
    }

    [Fact]
    public async Task Lower_case_header_names_and_a_GET_with_an_empty_body_are_accepted()
    {
        var uuid = NewId("auth");
        var guest = await server.Register(uuid, "", NewId("deployable"));
        var answer = await guest.Get($"/configs/1/{uuid}", request =>
        {
            request.Content = new ByteArrayContent([]);
            request.Headers.TryAddWithoutValidation("accept", "text/plain");
        });
        Assert.Equal(200, answer.Status);
    }

    private static void AssertNotAuthorized(Answer answer) => Assert.Equal((401, "Not Authorized\n"), (answer.Status, answer.Text));
}
