using System.Text;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

/// <summary>Administrators add, list, rotate and revoke credentials over HTTP.</summary>
[Collection(ServerCollection.Name)]
public sealed class CredentialsTests(ServerFixture server)
{
    private readonly string _key = NewId("key");

    private BasicClient Administrator => server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    private string Path => $"/v3/conductors/{_key}";

    [Fact]
    public async Task An_added_credential_is_valid_until_it_is_revoked()
    {
        var issued = Read(await Administrator.Put(Path, "{}"));
        Assert.Equal(_key, issued.Key);
        Assert.Equal(200, (await server.Server.Basic(_key, issued.Secret).Get("/v3/deployables")).Status);

        var rotated = Read(await Rotate("""{ "overlapSeconds": 60 }"""));
        Assert.NotEqual(issued.Secret, rotated.Secret);
        foreach (var secret in new[] { issued.Secret, rotated.Secret })
            Assert.Equal(200, (await server.Server.Basic(_key, secret).Get("/v3/deployables")).Status);

        Assert.Equal(204, (await Administrator.Delete(Path)).Status);
        BasicClient.Problem(await Administrator.Delete(Path), 404);
        BasicClient.Problem(await Rotate("{}"), 404);
    }

    [Fact]
    public async Task A_command_that_is_repeated_with_the_same_idempotency_key_returns_the_same_secret()
    {
        var first = Read(await Repeatable(HttpMethod.Put, Path));
        Assert.Equal(first, Read(await Repeatable(HttpMethod.Put, Path)));
        Assert.Equal(ProblemTypes.CredentialExists, BasicClient.Problem(await Administrator.Put(Path, "{}"), 409).Type);

        await Administrator.Delete(Path);
        await Administrator.Put(Path, "{}");
        var rotated = Read(await Repeatable(HttpMethod.Post, $"{Path}/secret"));
        Assert.Equal(rotated, Read(await Repeatable(HttpMethod.Post, $"{Path}/secret")));
    }

    [Fact]
    public async Task A_viewer_that_acts_for_another_conductor_sees_its_deployables_but_cannot_change_them()
    {
        var viewer = Read(await Administrator.Put(Path, $$"""{ "role": "viewer", "actsFor": "{{RunningServer.ConductorKey}}" }"""));
        var id = NewId("shop");
        var body = $$"""
            {
              "name": "shop",
              "instances": [ { "id": "{{NewId("web")}}", "assembly": "web", "secret": "0123456789abcdef", "services": [] } ]
            }
            """;
        Assert.Equal(200, (await Administrator.Put($"/v3/deployables/{id}", body)).Status);
        var caller = server.Server.Basic(_key, viewer.Secret);
        Assert.Equal(200, (await caller.Get($"/v3/deployables/{id}")).Status);
        var refusal = BasicClient.Problem(await caller.Delete($"/v3/deployables/{id}"), 403);
        Assert.Equal(ProblemTypes.RoleRequired, refusal.Type);
        Assert.Contains("role is viewer, and this operation requires the role operator", refusal.Detail, StringComparison.Ordinal);
        Assert.Equal(200, (await Administrator.Get($"/v3/deployables/{id}")).Status);
    }

    [Fact]
    public async Task The_list_shows_roles_and_no_secret()
    {
        var issued = Read(await Administrator.Put(Path, $$"""{ "role": "administrator", "actsFor": "{{RunningServer.ConductorKey}}" }"""));
        var answer = await Administrator.Get("/v3/conductors");
        var listed = BasicClient.Read(answer, Version3Json.Default.CredentialList).Credentials.Single(credential => credential.Key == _key);
        Assert.Equal(("administrator", RunningServer.ConductorKey), (listed.Role, listed.ActsFor));
        Assert.DoesNotContain(issued.Secret, answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "role": "king" }""", "/role", "is not a role; the roles are viewer, operator, administrator")]
    [InlineData("""{ "actsFor": "a/b" }""", "/actsFor", "looks like a path")]
    public async Task The_problem_for_wrong_input_contains_the_location(string body, string at, string reason)
    {
        var fault = Assert.Single(BasicClient.Problem(await Administrator.Put(Path, body), 400).Errors!);
        Assert.Equal(at, fault.Pointer);
        Assert.Contains(reason, fault.Detail, StringComparison.Ordinal);
        fault = Assert.Single(BasicClient.Problem(await Rotate("""{ "overlapSeconds": -1 }"""), 400).Errors!);
        Assert.Equal("/overlapSeconds", fault.Pointer);
        fault = Assert.Single(BasicClient.Problem(await Administrator.Put("/v3/conductors/a:b", "{}"), 400).Errors!);
        Assert.Contains("colon", fault.Detail, StringComparison.Ordinal);
    }

    private static IssuedSecret Read(Answer answer) => BasicClient.Read(answer, Version3Json.Default.IssuedSecret);

    private Task<Answer> Rotate(string body) => Administrator.Send(
        HttpMethod.Post, $"{Path}/secret", new StringContent(body, Encoding.UTF8, "application/json"));

    private Task<Answer> Repeatable(HttpMethod method, string path)
    {
        var content = new StringContent("{}", Encoding.UTF8, "application/json");
        return Administrator.Send(method, path, content, idempotencyKey: $"{_key} {method}");
    }
}
