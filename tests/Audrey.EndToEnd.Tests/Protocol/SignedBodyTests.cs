using System.Net.Http.Headers;
using System.Text;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Authentication;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Protocol;

/// <summary>The signature protects the body. Nobody can change what the server reads from the body without knowing the secret.</summary>
[Collection(ServerCollection.Name)]
public sealed class SignedBodyTests(ServerFixture server)
{
    [Theory]
    [InlineData("query")]
    [InlineData("header")]
    [InlineData("body")]
    public async Task A_document_cannot_be_replaced_even_if_the_signed_document_is_moved_elsewhere_in_the_request(string elsewhere)
    {
        var (uuid, deployable) = (NewId("moved"), NewId("deployable"));
        var path = $"/configs/2/{uuid}";
        var signed = "data=" + Uri.EscapeDataString(Document(uuid, "", deployable));
        var strangers = "data=" + Uri.EscapeDataString(Document(uuid, "", deployable, "the secret of a stranger"));
        var header = SignerOf(RunningServer.ConductorKey, RunningServer.ConductorSecret)
            .SignHeader("POST", Target(path), Encoding.ASCII.GetBytes(signed));

        Assert.Equal(401, elsewhere switch
        {
            "query" => await Send(HttpMethod.Post, $"{path}?{signed}", header, strangers),
            "header" => await Send(HttpMethod.Post, path, $"{header}, {signed.Replace("=", "=\"", StringComparison.Ordinal)}\"", strangers),
            _ => await Send(HttpMethod.Post, path, header, $"{signed}&{strangers}"),
        });
        Assert.Equal(404, (await server.Conductor.Get($"/reports/2/instance/{uuid}")).Status);

        // The server has stored nothing for the changed request, so it carries out the original request of the conductor.
        Assert.Equal(200, await Send(HttpMethod.Post, path, header, signed));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Values_cannot_be_replaced_even_if_the_signed_values_are_moved_elsewhere_in_the_request(bool inQuery)
    {
        var uuid = NewId("moved");
        await server.Register(uuid, Provides("a"), NewId("deployable"));
        var path = $"/params/1/{uuid}";
        const string signed = "audrey_data=%7Ca%26MQ%3D%3D%7C";
        const string strangers = "audrey_data=%7Ca%26Mg%3D%3D%7C";
        var form = Encoding.ASCII.GetString(SignerOf(uuid, SecretOf(uuid)).SignForm("PUT", Target(path), Encoding.ASCII.GetBytes(signed)));

        Assert.Equal(401, inQuery
            ? await Send(HttpMethod.Put, $"{path}?{signed}", null, form.Replace(signed, strangers, StringComparison.Ordinal))
            : await Send(HttpMethod.Put, path, null, $"{form}&{strangers}"));
        var others = form.Replace(signed + "&", "", StringComparison.Ordinal);
        Assert.Equal(404, await Send(HttpMethod.Put, $"{path}?{strangers}", null, others));
        Assert.Equal("|a|", (await server.Guest(uuid).Get(path)).Text);

        // The query is a place for this field. Moved there without a change, it is what the guest signed.
        Assert.Equal(200, await Send(HttpMethod.Put, $"{path}?{signed}", null, others));
        Assert.Equal(200, await Send(HttpMethod.Put, path, null, form));
    }

    [Fact]
    public async Task A_guest_may_leave_its_form_unsigned_only_if_the_signature_is_in_the_header()
    {
        var uuid = NewId("unsigned");
        await server.Register(uuid, Provides("a", "b"), NewId("deployable"));
        var path = $"/params/1/{uuid}";
        var signer = SignerOf(uuid, SecretOf(uuid));
        const string values = "audrey_data=%7Ca%26MQ%3D%3D%7C";
        Assert.Equal(404, await Send(HttpMethod.Put, signer.SignQuery("PUT", Target(path)), null, values));
        var form = Encoding.ASCII.GetString(signer.SignForm("PUT", Target(path), default));
        Assert.Equal(404, await Send(HttpMethod.Put, path, null, $"{form}&{values}"));
        Assert.Equal(404, await Send(HttpMethod.Put, path, signer.SignHeader("PUT", Target(path)), $"{values}&other=1"));
        Assert.Equal(202, await Send(HttpMethod.Put, path, signer.SignHeader("PUT", Target(path)), values));
    }

    [Fact]
    public async Task A_setting_can_require_guests_to_sign_their_forms()
    {
        await using var strict = await RunningServer.Start("--Audrey:Gateway:UnsignedGuestForms=false");
        Assert.Equal(200, (await strict.Conductor.Post("/configs/2/web", Document("web", Provides("a"), "deployable"))).Status);
        var guest = strict.Client("web", SecretOf("web"));
        Assert.Equal(404, (await guest.PutUnsignedBody("/params/1/web", "|a&MQ==|")).Status);
        Assert.Equal(200, (await guest.Put("/params/1/web", "|a&MQ==|")).Status);
    }

    [Fact]
    public async Task If_a_request_has_a_body_hash_the_hash_is_checked()
    {
        var (uuid, deployable) = (NewId("hash"), NewId("deployable"));
        var path = $"/configs/2/{uuid}";
        var form = "data=" + Uri.EscapeDataString(Document(uuid, "", deployable));
        var signer = SignerOf(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        Assert.Equal(401, await Send(HttpMethod.Post, path, Header(OAuthSigner.HashBody("another body"u8)), form));
        Assert.Equal(200, await Send(HttpMethod.Post, path, Header(OAuthSigner.HashBody(Encoding.ASCII.GetBytes(form))), form));
        Assert.Equal(200, await Send(HttpMethod.Post, path, Header(OAuthSigner.EmptyBodyHash), form));

        var guest = SignerOf(uuid, SecretOf(uuid));
        Assert.Equal(401, await Send(HttpMethod.Get, Query(OAuthSigner.HashBody("x"u8)), null, null));
        Assert.Equal(200, await Send(HttpMethod.Get, Query(OAuthSigner.EmptyBodyHash), null, null));

        string Query(string hash) => guest.SignQuery("GET", Target(path), bodyHash: hash);
        string Header(string hash) => signer.SignHeader("POST", Target(path), Encoding.ASCII.GetBytes(form), bodyHash: hash);
    }

    [Fact]
    public async Task An_upload_must_have_a_correct_body_hash()
    {
        var uuid = NewId("upload");
        var guest = await server.Register(uuid, Services(Service("s")), NewId("deployable"));
        var path = $"/files/2/{uuid}";
        var before = (await guest.Get(path)).Headers.ETag;
        using var own = Tarballs.Upload("s/start", "own");
        var hash = OAuthSigner.HashBody(await own.ReadAsByteArrayAsync());
        foreach (var wrong in new[] { null, OAuthSigner.EmptyBodyHash, hash })
        {
            using var upload = Tarballs.Upload("s/start", "a stranger's");
            Assert.Equal(401, (await server.Conductor.UploadWithHash(path, upload, wrong)).Status);
        }

        Assert.Equal(before, (await guest.Get(path)).Headers.ETag);
        Assert.Equal(200, (await server.Conductor.UploadWithHash(path, own, hash)).Status);
        Assert.NotEqual(before, (await guest.Get(path)).Headers.ETag);
    }

    [Fact]
    public async Task A_captured_request_that_was_refused_cannot_be_sent_again_with_the_document_of_a_stranger()
    {
        await using var old = await RunningServer.Start(
            "--Audrey:Conductors:0:UnsignedForms=true", "--Audrey:Limits:MaxDocumentBytes=20000");
        var signer = SignerOf(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        (string, int)[] refused = [("data=no+document", 400), ("other=1", 401), ("data=" + new string('x', 90_000), 413), ("", 400)];
        foreach (var (first, status) in refused)
        {
            var uuid = NewId("refused");
            var path = $"/configs/2/{uuid}";
            var header = signer.SignHeader("POST", new OAuthTarget("http", old.Http.BaseAddress!.Authority, path));
            Assert.Equal(status, await Send(old.Http, HttpMethod.Post, path, header, first));
            var strangers = "data=" + Uri.EscapeDataString(Document(uuid, "", "deployable"));
            var again = await Send(old.Http, HttpMethod.Post, path, header, strangers);

            // If the first request was answered 401, it was not authentic, because its signature does not cover the field "other".
            // Therefore nothing was stored for it.
            Assert.Equal(status == 401 ? 200 : 401, again);
            Assert.Equal(status == 401 ? 200 : 404, (await old.Conductor.Get($"/reports/2/instance/{uuid}")).Status);
        }
    }

    private static OAuthSigner SignerOf(string key, string secret) => new(key, secret, TimeProvider.System);

    private OAuthTarget Target(string path) => new("http", server.Http.BaseAddress!.Authority, path);

    private Task<int> Send(HttpMethod method, string target, string? header, string? form) =>
        Send(server.Http, method, target, header, form);

    private static async Task<int> Send(HttpClient http, HttpMethod method, string target, string? header, string? form)
    {
        using var request = new HttpRequestMessage(method, new Uri(target, UriKind.Relative));
        if (header is not null) request.Headers.TryAddWithoutValidation("Authorization", header);
        if (form is not null)
        {
            request.Content = new ByteArrayContent(Encoding.ASCII.GetBytes(form));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        }

        return (await Answer.Receive(http, request)).Status;
    }
}
