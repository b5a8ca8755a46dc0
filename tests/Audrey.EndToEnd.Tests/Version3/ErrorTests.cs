using System.Net.Http.Headers;
using System.Text;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

[Collection(ServerCollection.Name)]
public sealed class ErrorTests(ServerFixture server)
{
    private const string Small = "{\"generation\":1}";

    public static TheoryData<string, string> Routes => new()
    {
        { "GET", "hello" }, { "PUT", "heartbeat" }, { "PUT", "values" }, { "PUT", "facts" }, { "GET", "configuration" },
        { "PUT", "applied" }, { "PUT", "services/s" }, { "GET", "tarball" },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task All_wrong_credentials_get_the_same_answer(string method, string path)
    {
        var uuid = NewId("secret");
        await server.RegisterVersion3(uuid, Services(Service("s")), NewId("deployable"));
        var other = NewId("other");
        await server.RegisterVersion3(other, "", NewId("deployable"));
        var refused = new[]
        {
            await Send(method, uuid, path, "Basic", $"{uuid}:wrong"),
            await Send(method, uuid, path, "Basic", $"{uuid}:"),
            await Send(method, uuid, path, "Basic", $"{other}:{SecretOf(other)}"),
            await Send(method, "no-such-instance", path, "Basic", "no-such-instance:secret"),
            await Send(method, uuid, path, "Basic", $"{RunningServer.ConductorKey}:{RunningServer.ConductorSecret}"),
            await Send(method, uuid, path, "Bearer", $"{uuid}:{SecretOf(uuid)}"),
            await Send(method, uuid, path, null, ""),
        };
        Assert.All(refused, answer => Assert.Equal(ProblemTypes.NotAuthorized, BasicClient.Problem(answer, 401).Type));
        Assert.Single(refused.Select(answer => answer.Text).Distinct());
        Assert.All(refused, answer => Assert.Equal("Basic", answer.Headers.WwwAuthenticate.Single().Scheme));
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_method_that_a_path_does_not_support_is_answered_with_a_problem(string method, string path)
    {
        var answer = await Send("DELETE", "u", path, null, "");
        Assert.Equal(ProblemTypes.MethodNotAllowed, BasicClient.Problem(answer, 405).Type);
        Assert.Contains(method, answer.ContentHeaders.Allow);
    }

    [Fact]
    public async Task An_unknown_path_is_answered_with_a_problem() =>
        Assert.Equal(ProblemTypes.NotFound, BasicClient.Problem(await Send("GET", "u", "nothing", null, ""), 404).Type);

    [Theory]
    [InlineData("values")]
    [InlineData("facts")]
    [InlineData("applied")]
    [InlineData("services/s")]
    public async Task The_problem_for_a_malformed_body_contains_the_location(string path)
    {
        var guest = await server.RegisterVersion3(NewId("body"), Services(Service("s")), NewId("deployable"));
        var url = $"/v3/instances/{guest.Uuid}/{path}";
        var broken = BasicClient.Problem(await guest.Put(url, "{\"generation\": 1,\n  oops}"), 400);
        Assert.Equal(ProblemTypes.BadJson, broken.Type);
        Assert.Contains("line 2, byte 3", broken.Detail, StringComparison.Ordinal);
        var mistyped = BasicClient.Problem(await guest.Put(url, "{\"generation\":\"hush\"}"), 400);
        Assert.Contains("$.generation", mistyped.Detail, StringComparison.Ordinal);
        Assert.Equal(ProblemTypes.BadJson, BasicClient.Problem(await guest.Put(url, "null"), 400).Type);
        Assert.Equal(ProblemTypes.BadJson, BasicClient.Problem(await guest.Put(url, "{\"generation\":1,\"generation\":2}"), 400).Type);
        Assert.Equal("/generation", BasicClient.Problem(await guest.Put(url, "{}"), 400).Errors![0].Pointer);
        Assert.Equal(ProblemTypes.TooLarge, BasicClient.Problem(await guest.Put(url, new string(' ', 1024 * 1024 + 1)), 413).Type);

        var text = await guest.Send(HttpMethod.Put, url, new StringContent(Small, Encoding.UTF8, "text/plain"));
        Assert.Equal(ProblemTypes.BadMediaType, BasicClient.Problem(text, 415).Type);
        var packed = new StringContent(Small, Encoding.UTF8, "application/json");
        packed.Headers.ContentEncoding.Add("gzip");
        Assert.Equal(ProblemTypes.BadMediaType, BasicClient.Problem(await guest.Send(HttpMethod.Put, url, packed), 415).Type);
    }

    [Theory]
    [InlineData("values", "{\"generation\":1,\"revision\":0,\"values\":{}}", "/revision")]
    [InlineData("values", "{\"generation\":1,\"revision\":1}", "/values")]
    [InlineData("values", "{\"generation\":1,\"revision\":1,\"values\":{\"a\":null}}", "/values/a")]
    [InlineData("values", "{\"generation\":1,\"revision\":1,\"values\":{\"a\":[1]}}", "/values/a")]
    [InlineData("values", "{\"generation\":1,\"revision\":1,\"values\":{\"a\":[\"x\\ny\"]}}", "/values/a")]
    [InlineData("values", "{\"generation\":1,\"revision\":1,\"values\":{\"a\":{\"base64\":\"?\"}}}", "/values/a")]
    [InlineData("values", "{\"generation\":1,\"revision\":1,\"values\":{\"a\":{\"b\":1}}}", "/values/a")]
    [InlineData("values", "{\"generation\":1,\"revision\":1,\"values\":{\"a\":\"\\ud800\"}}", "/values/a")]
    [InlineData("values", "{\"generation\":1,\"revision\":1,\"values\":{\"a\":{\"base64\":\"\\ud800\"}}}", "/values/a")]
    [InlineData("values", "{\"generation\":1,\"revision\":1,\"values\":{\"x/y~\":\"1\"}}", "/values/x~1y~0")]
    [InlineData("applied", "{\"generation\":1}", "/revision")]
    [InlineData("facts", "{\"generation\":1}", "/facts")]
    [InlineData("facts", "{\"generation\":1,\"facts\":{\"\":\"x\"}}", "/facts")]
    [InlineData("facts", "{\"generation\":1,\"facts\":{\"a\":null}}", "/facts/a")]
    [InlineData("services/s", "{\"generation\":1,\"state\":\"over\"}", "/state")]
    [InlineData("services/s", "{\"generation\":1,\"state\":\"started\",\"run\":0}", "/run")]
    [InlineData("services/s", "{\"generation\":1,\"state\":\"progress\"}", "/message")]
    [InlineData("services/s", "{\"generation\":1,\"state\":\"ended\"}", "/exitStatus")]
    [InlineData("services/s", "{\"generation\":1,\"state\":\"started\",\"output\":\"x\"}", "/output")]
    [InlineData("services/s", "{\"generation\":1,\"state\":\"ended\",\"exitStatus\":0,\"durationSeconds\":-1}", "/durationSeconds")]
    public async Task The_problem_for_an_error_in_a_body_contains_its_location_and_the_body_changes_nothing(
        string path, string body, string pointer)
    {
        var guest = await server.RegisterVersion3(NewId("errors"), Provides("a") + Services(Service("s")), NewId("deployable"));
        var problem = BasicClient.Problem(await guest.Put($"/v3/instances/{guest.Uuid}/{path}", body), 400);
        Assert.Equal((ProblemTypes.BadRequest, pointer), (problem.Type, problem.Errors!.Single().Pointer));
        var hello = await guest.Hello();
        Assert.Equal((0, false, "waiting"), (hello.ValuesRevision, hello.Provide.Single().Given, hello.Services.Single().State));
    }

    [Fact]
    public async Task An_unknown_service_or_an_invalid_wait_is_answered_with_a_problem()
    {
        var guest = await server.RegisterVersion3(NewId("unknown"), Services(Service("s")), NewId("deployable"));
        var started = new System.Text.Json.Nodes.JsonObject { ["generation"] = 1, ["state"] = "started" };
        Assert.Equal(ProblemTypes.NotFound, BasicClient.Problem(await guest.PutOwn("services/t", started), 404).Type);
        foreach (var wait in new[] { "soon", "NaN", "NaNs", "Infinity", "-Infinity", "-1" })
            Assert.Equal("wait", BasicClient.Problem(await guest.GetOwn($"configuration?wait={wait}"), 400).Errors!.Single().Pointer);
    }

    private async Task<Answer> Send(string method, string uuid, string path, string? scheme, string credential)
    {
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), new Uri($"/v3/instances/{uuid}/{path}", UriKind.Relative));
        if (method == "PUT" && path != "heartbeat") request.Content = new StringContent(Small, Encoding.UTF8, "application/json");
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(credential));
        if (scheme is not null) request.Headers.Authorization = new AuthenticationHeaderValue(scheme, encoded);
        return await Answer.Receive(server.Http, request);
    }
}
